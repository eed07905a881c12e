/**
 * What was lost: today, from the peak, in a row. Fed in the order of events with what the journal holds; after a restart
 * fed again with the same, or restored. Days are UTC days of the exchange's time.
 */
import { AppError, dayOf, type UtcMs } from '@slt/domain';
import type { RiskLimits } from './risk-limits';

export interface LossFacts {
  /** Money: realised today (fees and funding included) + unrealised now. */
  readonly dailyPnl: number;
  /** Loss of the day ÷ equity without it; 0 on a day of gain. */
  readonly dailyLoss: number;
  /** 1 − equity ÷ highest equity. */
  readonly drawdown: number;
  /** Losing trades in a row, of one day. */
  readonly losingStreak: number;
  /** No entry before; 0 when there was none. */
  readonly coolDownUntil: UtcMs;
}

export interface LossBookState {
  readonly day: number;
  readonly realised: number;
  readonly peak: number;
  readonly streak: number;
  readonly coolDownUntil: UtcMs;
}

const FIELDS = ['day', 'realised', 'peak', 'streak', 'coolDownUntil'] as const;

export class LossBook {
  private day = -Infinity;
  private realisedToday = 0;
  private peak = 0;
  private streak = 0;
  private coolDownUntil: UtcMs = 0;

  constructor(private readonly limits: Pick<RiskLimits, 'losingStreak' | 'coolDownMs'>) {}

  /** @throws AppError invalid, `RISK.LOSS_BOOK` */
  static restore(limits: Pick<RiskLimits, 'losingStreak' | 'coolDownMs'>, state: LossBookState): LossBook {
    const broken = FIELDS.filter((field) => !Number.isFinite(state[field]));
    if (broken.length > 0) {
      throw new AppError('invalid', 'RISK.LOSS_BOOK', `no numbers in a loss book: ${broken.join(', ')}`);
    }
    const book = new LossBook(limits);
    book.day = state.day;
    book.realisedToday = state.realised;
    book.peak = state.peak;
    book.streak = state.streak;
    book.coolDownUntil = state.coolDownUntil;
    return book;
  }

  /** Money that came or went for good: a fill's realised PnL less its fee, a funding payment. */
  realise(amount: number, at: UtcMs): void {
    this.turnTo(at);
    // What comes late, of a day that is over, is no loss of today's.
    if (dayOf(at) === this.day) this.realisedToday += amount;
  }

  /** A trade was closed. Neither gain nor loss leaves the streak as it is. */
  close(netPnl: number, at: UtcMs): void {
    this.turnTo(at);
    if (netPnl > 0) this.streak = 0;
    if (!(netPnl < 0) || dayOf(at) !== this.day) return;
    this.streak++;
    if (this.streak >= this.limits.losingStreak) {
      this.coolDownUntil = Math.max(this.coolDownUntil, at + this.limits.coolDownMs);
    }
  }

  /** Equity as it is now; the highest is kept. */
  mark(equity: number): void {
    if (equity > this.peak) this.peak = equity;
  }

  facts(account: { readonly equity: number; readonly unrealizedPnl: number }, now: UtcMs): LossFacts {
    this.turnTo(now);
    this.mark(account.equity);
    return this.glance(account, now);
  }

  /** The same for whoever only looks: neither is the day turned nor the equity marked. */
  glance(account: { readonly equity: number; readonly unrealizedPnl: number }, now: UtcMs): LossFacts {
    const isNewDay = dayOf(now) > this.day;
    const dailyPnl = (isNewDay ? 0 : this.realisedToday) + account.unrealizedPnl;
    const peak = Math.max(this.peak, account.equity);
    return {
      dailyPnl,
      dailyLoss: lossShare(-dailyPnl, account.equity - dailyPnl),
      drawdown: lossShare(peak - account.equity, peak),
      losingStreak: isNewDay ? 0 : this.streak,
      coolDownUntil: this.coolDownUntil,
    };
  }

  /** A book that was told nothing yet has no state. */
  toJSON(): LossBookState | null {
    if (!Number.isFinite(this.day)) return null;
    return {
      day: this.day,
      realised: this.realisedToday,
      peak: this.peak,
      streak: this.streak,
      coolDownUntil: this.coolDownUntil,
    };
  }

  private turnTo(at: UtcMs): void {
    const day = dayOf(at);
    if (!(day > this.day)) return;
    this.day = day;
    this.realisedToday = 0;
    // A new day begins a new streak: without it a throttled breaker, which lets nothing win, would never end one.
    this.streak = 0;
  }
}

/** In [0, 1]; 1 where all that there was is gone, and for what is no number. */
function lossShare(loss: number, of: number): number {
  if (loss <= 0) return 0;
  return of > 0 && loss < of ? loss / of : 1;
}
