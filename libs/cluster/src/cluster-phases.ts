/** Which phase the cluster is in, since when, and how long each phase of the latest run took. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Clock, UtcMs } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { ClusterEvents } from './cluster-events';
import type { PhaseSpan } from './cluster-status';
import { type ClusterPhase, nextPhase, type PhaseEvent } from './core/phase';

interface Span {
  readonly phase: ClusterPhase;
  readonly startedAt: UtcMs;
  readonly from: number;
}

/** Spans kept of one run; a cluster that flaps for days must not grow. */
const MAX_SPANS = 50;

@Injectable()
export class ClusterPhases {
  private readonly logger = new Logger('Cluster');
  private spans: readonly Span[] = [];

  constructor(
    @Inject(ClusterEvents) private readonly events: ClusterEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get current(): ClusterPhase {
    return this.spans.at(-1)?.phase ?? 'idle';
  }

  get since(): UtcMs {
    return this.spans.at(-1)?.startedAt ?? 0;
  }

  /** @throws AppError broken-invariant for a move the table does not know */
  move(event: PhaseEvent, reason?: string): void {
    const phase = nextPhase(this.current, event);
    const at = this.clock.now();
    const span: Span = { phase, startedAt: at, from: performance.now() };
    this.spans = event === 'start' ? [span] : [...this.spans, span].slice(-MAX_SPANS);
    this.logger.log(`${phase}${reason === undefined ? '' : `: ${reason}`}`);
    this.events.emit({ type: 'phase', at, phase, ...(reason !== undefined && { reason }) });
  }

  history(): PhaseSpan[] {
    return this.spans.map(({ phase, startedAt, from }, i) => ({
      phase,
      startedAt,
      durationMs: Math.round((this.spans[i + 1]?.from ?? performance.now()) - from),
    }));
  }
}
