/** The market minute by minute, for paper trading by candles: what the cluster is about to tell, and fundings in time. */
import { Injectable } from '@nestjs/common';
import { ClusterService } from '@slt/cluster';
import type { Instrument, UtcMs } from '@slt/domain';
import { Universe } from '@slt/exchange';
import type { Expected, MinuteSource } from '@slt/trading';
import { LearningBridge } from '../intelligence/learning-bridge.service';

@Injectable()
export class ClusterMinutes implements MinuteSource {
  constructor(
    private readonly cluster: ClusterService,
    private readonly universe: Universe,
    private readonly learning: LearningBridge,
  ) {}

  instrument(symbol: string): Instrument | undefined {
    return this.universe.find(symbol);
  }

  expected(): Iterable<Expected> {
    return this.cluster.expected();
  }

  closing(at: UtcMs): Promise<void> {
    return this.learning.knowFundingsBefore(at);
  }
}
