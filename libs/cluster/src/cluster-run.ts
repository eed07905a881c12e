/** Starts and stops the cluster and moves its phase. Calls may come in any order and at once: they queue. */
import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { ClusterEngine } from './cluster-engine';
import { ClusterEvents } from './cluster-events';
import { ClusterPhases } from './cluster-phases';
import type { ClusterStatus } from './cluster-status';
import { type ClusterPhase, readinessEvent } from './core/phase';
import type { Readiness } from './core/readiness';
import { StatusReporter } from './status-reporter';

const RUNNING: readonly ClusterPhase[] = ['warming', 'streaming', 'degraded'];

@Injectable()
export class ClusterRun {
  private queue: Promise<void> = Promise.resolve();
  private abort = new AbortController();
  private obstacle: string | undefined;
  private shown = '';

  constructor(
    @Inject(ClusterPhases) private readonly phases: ClusterPhases,
    @Inject(ClusterEngine) private readonly engine: ClusterEngine,
    @Inject(StatusReporter) private readonly reporter: StatusReporter,
    @Inject(ClusterEvents) private readonly events: ClusterEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Resolves once begun; what follows goes on behind. */
  start(): Promise<void> {
    return this.enqueue(() => this.begin());
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.end());
  }

  status(): ClusterStatus {
    const { lagMs, symbols, streams, failures } = this.reporter.facts();
    const { ready, reason } = this.readiness();
    return {
      phase: this.phases.current,
      since: this.phases.since,
      symbols,
      warmUp: this.reporter.warmUp(),
      phases: this.phases.history(),
      streams,
      ...(lagMs !== undefined && { lagMs }),
      gapsRepaired: this.events.counters.gapsRepaired,
      candles: this.events.counters.candlesTotal,
      everReady: this.reporter.everReady,
      ready,
      ...(reason !== undefined && { reason }),
      failures,
    };
  }

  private enqueue(step: () => void | Promise<void>): Promise<void> {
    this.queue = this.queue.then(step);
    return this.queue;
  }

  private begin(): void {
    if (this.phases.current !== 'idle') return;
    this.phases.move('start');
    this.abort = new AbortController();
    this.obstacle = undefined;
    this.engine.begin();
    void this.discover(this.abort.signal);
  }

  private async discover(signal: AbortSignal): Promise<void> {
    const found = await this.engine.discover(signal, (reason) => (this.obstacle = reason));
    if (!found || signal.aborted) return;
    this.obstacle = undefined;
    this.phases.move('discovered');
    this.engine.open(() => this.assess());
  }

  private async end(): Promise<void> {
    if (this.phases.current === 'idle') return;
    this.phases.move('stop');
    this.abort.abort();
    await this.engine.end();
    this.phases.move('stopped');
  }

  /** Moves the phase as readiness calls for, and tells of progress. */
  private assess(): void {
    const { ready, reason } = this.readiness();
    const event = readinessEvent(this.phases.current, { ready, settled: this.reporter.settled });
    if (event !== undefined) this.phases.move(event, reason);
    const warmUp = this.reporter.warmUp();
    const shown = `${ready} ${Object.values({ ...warmUp, etaMs: 0 }).join(' ')}`;
    if (shown === this.shown) return;
    this.shown = shown;
    this.events.emit({ type: 'warm-up', at: this.clock.now(), warmUp, ready });
  }

  private readiness(): Readiness {
    const phase = this.phases.current;
    if (RUNNING.includes(phase)) return this.reporter.readiness();
    return { ready: false, reason: this.obstacle ?? `the cluster is ${phase}` };
  }
}
