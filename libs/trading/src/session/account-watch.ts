/**
 * The account of a market of candles, looked at when there is something to decide and at the end of each minute: the one
 * piece of a backtest and of paper trading by candles that knows when the exchange is asked and the breaker told.
 */
import { type Clock, type DurationMs, MINUTE_MS, type UtcMs } from '@slt/domain';
import type { AccountMargins } from '../core/paper/worth';
import type { AccountFigures } from './account-figures';
import type { BreakerWatch } from './breaker-watch';

/** How far margin may lag behind prices while nothing happens on the account; equity never does. */
const ASK_EVERY_MS: DurationMs = 5 * MINUTE_MS;

export interface AccountWatchParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly figures: Pick<AccountFigures, 'toldMargins' | 'lossFacts'>;
  readonly breaker: BreakerWatch;
  /** Share of the highest equity that may be lost. */
  readonly drawdownLimit: number;
  margins(at: UtcMs): AccountMargins;
  /** Any symbol has orders or a position. */
  isBusy(): boolean;
  /** The drawdown has reached its limit; told once until it is below it again. */
  drawn(): void;
}

export class AccountWatch {
  private watchedAt: UtcMs = -Infinity;
  /** When the account was last looked at; undefined: something has happened since. */
  private toldAt: UtcMs | undefined;
  private isDrawn = false;

  constructor(private readonly parts: AccountWatchParts) {}

  /** Something has happened on the account. */
  changed(): void {
    this.toldAt = undefined;
  }

  /** An entry is on its way. */
  entered(): void {
    this.parts.breaker.entered(this.parts.clock.now());
  }

  /** By hand: the breaker begins anew. */
  reset(): void {
    this.parts.breaker.reset(this.parts.clock.now());
  }

  /** Before a signal is decided on. */
  beforeSignal(): void {
    this.ask();
    this.look();
  }

  /** All closes of a minute are acted upon. */
  endClose(): void {
    if (this.parts.isBusy() || !this.parts.breaker.isNormal) this.look();
  }

  /** The exchange's word on the account: margin is reckoned from it. */
  private ask(): void {
    const { clock, figures } = this.parts;
    const now = clock.now();
    const isStale = this.parts.isBusy() && this.toldAt !== undefined && now - this.toldAt >= ASK_EVERY_MS;
    if (this.toldAt !== undefined && !isStale) return;
    figures.toldMargins(this.parts.margins(now));
    this.toldAt = now;
  }

  /** What the breaker makes of the losses, and whether they are too great to go on. */
  private look(): void {
    const now = this.parts.clock.now();
    if (this.watchedAt === now) return;
    this.watchedAt = now;
    const losses = this.parts.figures.lossFacts(now);
    this.parts.breaker.look(losses, now);
    const wasDrawn = this.isDrawn;
    this.isDrawn = !(losses.drawdown < this.parts.drawdownLimit);
    if (this.isDrawn && !wasDrawn) this.parts.drawn();
  }
}
