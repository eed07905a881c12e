import { HttpException, Injectable } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { ClusterService, type ClusterStatus } from '@slt/cluster';
import { AppConfig } from '@slt/config';
import {
  DiskIndicator,
  EventLoopIndicator,
  ExchangeIndicator,
  QueueIndicator,
  StoreIndicator,
  WarmUpIndicator,
} from './indicators';
import { TradingIndicator } from './trading-indicator';
import type { ProbeDto, ReadinessDto } from './health.dto';

@Injectable()
export class SurroundingsIndicators {
  constructor(
    private readonly exchange: ExchangeIndicator,
    private readonly queue: QueueIndicator,
    private readonly store: StoreIndicator,
    private readonly disk: DiskIndicator,
    private readonly eventLoop: EventLoopIndicator,
    private readonly trading: TradingIndicator,
  ) {}

  /** None of them fails the check: what they see is told as degraded, the warm-up decides. */
  get checks() {
    const { exchange, queue, store, disk, eventLoop, trading } = this;
    return [exchange, queue, store, disk, eventLoop, trading].map((indicator) => () => indicator.check());
  }
}

@Injectable()
export class HealthService {
  constructor(
    private readonly health: HealthCheckService,
    private readonly warmUp: WarmUpIndicator,
    private readonly surroundings: SurroundingsIndicators,
    private readonly cluster: ClusterService,
    private readonly config: AppConfig,
  ) {}

  async readiness(): Promise<ReadinessDto> {
    const cluster = this.cluster.status();
    const { phase, warmUp, ready, reason } = cluster;
    const { status, details } = await this.examine(cluster);
    return {
      status,
      ready,
      phase,
      warmUp,
      details,
      ...(reason === undefined ? {} : { reason }),
    };
  }

  /** Whether the first warm-up has ended, well or not; with CLUSTER_AUTOSTART=false there is none to wait for. */
  startup(): ProbeDto & { started: boolean } {
    const { phase, warmUp, everReady } = this.cluster.status();
    const isOver = everReady || phase === 'streaming' || phase === 'degraded';
    const started = isOver || (phase === 'idle' && !this.config.CLUSTER_AUTOSTART);
    return { status: started ? 'ok' : 'error', started, phase, warmUp };
  }

  /** Terminus throws what it finds; here a finding is an answer. */
  private async examine(cluster: ClusterStatus): Promise<HealthCheckResult> {
    try {
      return await this.health.check([() => this.warmUp.check(cluster), ...this.surroundings.checks]);
    } catch (error) {
      if (error instanceof HttpException && error.getStatus() === 503) {
        return error.getResponse() as HealthCheckResult;
      }
      throw error;
    }
  }
}
