/**
 * Tells the circuit breaker what a market of candles has to tell: losses, entries, and the calls that prove it while it
 * is half-open. Its time is that of the candles; latencies and silent streams there are none.
 */
import type { UtcMs } from '@slt/domain';
import type { BreakerEvent, BreakerTransition, GradedCircuitBreaker } from '../core/breaker';

export interface Losses {
  readonly dailyLoss: number;
  readonly drawdown: number;
  readonly losingStreak: number;
}

export class BreakerWatch {
  private seen: Losses = { dailyLoss: 0, drawdown: 0, losingStreak: 0 };

  /** @param moved hears of each move of the breaker */
  constructor(
    private readonly breaker: GradedCircuitBreaker,
    private readonly moved: (transition: BreakerTransition) => void = () => undefined,
  ) {}

  /** It need not be looked at until something is lost. */
  get isNormal(): boolean {
    return this.breaker.currentPhase === 'normal';
  }

  entered(now: UtcMs): void {
    this.observe({ kind: 'entry' }, now);
    this.called(now);
  }

  /** By hand. */
  reset(now: UtcMs): void {
    this.observe({ kind: 'reset' }, now);
  }

  /** Of a breaker that is closed nothing becomes of losses that have not grown. */
  look(losses: Losses, now: UtcMs): void {
    if (this.isNormal && !isWorse(losses, this.seen)) return;
    const { dailyLoss, drawdown, losingStreak } = losses;
    this.seen = losses;
    this.observe({ kind: 'losses', dailyLoss, drawdown, losingStreak }, now);
    if (this.breaker.currentPhase !== 'half-open') return;
    // A session asks for its account twice a minute, which is what probes it.
    this.called(now);
    this.called(now);
  }

  private called(now: UtcMs): void {
    this.observe({ kind: 'call', isOk: true, latencyMs: 0 }, now);
  }

  private observe(event: BreakerEvent, now: UtcMs): void {
    for (const transition of this.breaker.observe(event, now)) this.moved(transition);
  }
}

const isWorse = (losses: Losses, than: Losses): boolean =>
  losses.dailyLoss > than.dailyLoss ||
  losses.drawdown > than.drawdown ||
  losses.losingStreak > than.losingStreak;
