/** Tells the circuit breaker what a live session tells it: losses as time passes, calls, entries. */
import type { UtcMs } from '@slt/domain';
import { type BreakerSettings, type BreakerTransition, GradedCircuitBreaker } from '@slt/trading';

export interface Losses {
  readonly dailyLoss: number;
  readonly drawdown: number;
  readonly losingStreak: number;
}

export class BreakerWatch {
  readonly breaker: GradedCircuitBreaker;
  private phase: BreakerTransition['to'] = 'normal';
  private seen: Losses = { dailyLoss: 0, drawdown: 0, losingStreak: 0 };

  /** @throws AppError invalid, `BREAKER.SETTINGS` */
  constructor(settings: Partial<BreakerSettings>) {
    this.breaker = new GradedCircuitBreaker(settings, { now: 0 });
  }

  /** It need not be looked at until something is lost. */
  get isNormal(): boolean {
    return this.phase === 'normal';
  }

  entered(now: UtcMs): void {
    this.observe({ kind: 'entry' }, now);
    this.called(now);
  }

  /** Of a breaker that is closed nothing becomes of losses that have not grown. */
  look(losses: Losses, now: UtcMs): void {
    if (this.isNormal && !isWorse(losses, this.seen)) return;
    const { dailyLoss, drawdown, losingStreak } = losses;
    this.seen = losses;
    this.observe({ kind: 'losses', dailyLoss, drawdown, losingStreak }, now);
    if (this.phase !== 'half-open') return;
    // A session asks for its account twice a minute, which is what probes it.
    this.called(now);
    this.called(now);
  }

  private called(now: UtcMs): void {
    this.observe({ kind: 'call', isOk: true, latencyMs: 0 }, now);
  }

  private observe(event: Parameters<GradedCircuitBreaker['observe']>[0], now: UtcMs): void {
    this.phase = this.breaker.observe(event, now).at(-1)?.to ?? this.phase;
  }
}

const isWorse = (losses: Losses, than: Losses): boolean =>
  losses.dailyLoss > than.dailyLoss ||
  losses.drawdown > than.drawdown ||
  losses.losingStreak > than.losingStreak;
