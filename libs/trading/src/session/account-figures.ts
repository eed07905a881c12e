/** What the account is worth now: the exchange's last word, and what was filled since. Float64, for decisions only. */
import type { AccountState, Fill, FundingPayment } from '../core/broker';
import { MONEY } from '../core/episode';
import type { AccountMargins } from '../core/paper/worth';
import type { HeldPosition } from '../core/position-book';
import { LossBook, type LossFacts, type RiskAccount, type RiskLimits } from '../core/risk';
import type { Trade } from '../core/position';
import type { UtcMs } from '@slt/domain';

export interface FigureSources {
  allHeld(): readonly HeldPosition[];
  /** Undefined: not known; the position then counts at its entry price. */
  priceOf(symbol: string): number | undefined;
}

export class AccountFigures {
  readonly losses: LossBook;
  private wallet = 0;
  private toldAt: UtcMs = -Infinity;
  private initialMargin = 0;
  private maintenance = 0;
  private available = 0;

  constructor(
    private readonly sources: FigureSources,
    limits: Pick<RiskLimits, 'losingStreak' | 'coolDownMs'>,
  ) {
    this.losses = new LossBook(limits);
  }

  /**
   * Feeds what the journal remembers, before anything else.
   * @param trades ascending by exit
   * @param held open positions: what they have cost so far counts on the day they were opened
   */
  restore(trades: readonly Trade[], peakEquity: number, held: readonly HeldPosition[] = []): void {
    for (const trade of trades) {
      this.losses.realise(Number(trade.netPnl), trade.exitTime);
      this.losses.close(Number(trade.netPnl), trade.exitTime);
    }
    for (const { realizedPnl, fees, funding, openedAt } of held) {
      this.losses.realise(Number(realizedPnl) - Number(fees) + Number(funding), openedAt);
    }
    this.losses.mark(peakEquity);
  }

  told(state: AccountState): void {
    this.toldMargins({
      at: state.at,
      walletBalance: Number(state.walletBalance),
      availableBalance: Number(state.availableBalance),
      maintenanceMargin: Number(state.maintenanceMargin),
      initialMargin: state.positions.reduce((sum, { initialMargin }) => sum + Number(initialMargin), 0),
    });
  }

  toldMargins({
    at,
    walletBalance,
    availableBalance,
    maintenanceMargin,
    initialMargin,
  }: AccountMargins): void {
    if (at < this.toldAt) return;
    this.toldAt = at;
    this.wallet = walletBalance;
    this.available = availableBalance;
    this.maintenance = maintenanceMargin;
    this.initialMargin = initialMargin;
  }

  filled(fill: Fill): void {
    const money = Number(fill.realizedPnl) - (fill.feeAsset === MONEY ? Number(fill.fee) : 0);
    this.moved(money, fill.at);
  }

  funded({ amount, at }: FundingPayment): void {
    this.moved(Number(amount), at);
  }

  traded(trade: Trade): void {
    this.losses.close(Number(trade.netPnl), trade.exitTime);
  }

  get walletBalance(): number {
    return this.wallet;
  }

  get maintenanceMargin(): number {
    return this.maintenance;
  }

  get equity(): number {
    return this.wallet + this.unrealizedPnl;
  }

  get unrealizedPnl(): number {
    let sum = 0;
    for (const held of this.sources.allHeld()) sum += this.unrealizedOf(held);
    return sum;
  }

  unrealizedOf({ symbol, signedQuantity, entryPrice }: HeldPosition): number {
    const entry = Number(entryPrice);
    return Number(signedQuantity) * ((this.sources.priceOf(symbol) ?? entry) - entry);
  }

  riskAccount(): RiskAccount {
    return { equity: this.equity, availableBalance: this.available, initialMargin: this.initialMargin };
  }

  lossFacts(now: UtcMs): LossFacts {
    const { unrealizedPnl } = this;
    return this.losses.facts({ equity: this.wallet + unrealizedPnl, unrealizedPnl }, now);
  }

  /** As lossFacts, for whoever only looks: what is decided later does not depend on it. */
  shownLosses(now: UtcMs): LossFacts {
    const { unrealizedPnl } = this;
    return this.losses.glance({ equity: this.wallet + unrealizedPnl, unrealizedPnl }, now);
  }

  private moved(money: number, at: UtcMs): void {
    this.losses.realise(money, at);
    if (at > this.toldAt) this.wallet += money;
  }
}
