/** Decides on signals, in the pass of the candle that made them; what is accepted leaves as an order intent. */
import { type AppError, type Clock, type Instrument, isAppError, toAppError } from '@slt/domain';
import type { Broker } from '../core/broker';
import type { Order } from '../core/order';
import type { GradedCircuitBreaker } from '../core/breaker';
import { isFinal } from '../core/order-table';
import {
  decideRisk,
  type EntrySize,
  type Exposure,
  type RiskContext,
  type RiskLimits,
  type RiskMarket,
} from '../core/risk';
import type { Decision, Refusal, Signal } from '../core/signal';
import type { JournalEntry } from '../journal/entries';
import { type AccountBook, vainDecision } from './account-book';
import type { AccountFigures } from './account-figures';
import { Correlations } from './correlations';
import { type EntryPlan, planEntry } from './entry-plan';
import type { MarketWatch } from './market-watch';
import type { OrderDesk } from './order-desk';

export interface SignalDeskParts {
  readonly book: AccountBook;
  readonly desk: OrderDesk;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly figures: AccountFigures;
  readonly limits: RiskLimits;
  readonly breaker: GradedCircuitBreaker;
  readonly market: MarketWatch;
  mayOpen(): boolean;
  priceOf(symbol: string): number | undefined;
  /** Refused, or traded after all not. */
  record(signal: Signal, decision: Decision): void;
  decided(signal: Signal, decision: Decision): void;
  /** An entry is on its way: the next signal of the same minute is judged with it. */
  entered(): void;
  /** A broken invariant: trading stops. */
  broke(error: AppError): void;
}

const TRADED: Decision = Object.freeze({ decision: 'traded', reasons: [] });

export class SignalDesk {
  /** Margin and notional of plans, as they were sized. */
  private readonly sizes = new Map<string, EntrySize>();
  private readonly correlations = new Correlations();

  constructor(private readonly parts: SignalDeskParts) {}

  consider(signal: Signal): void {
    const { limits, market, clock, book } = this.parts;
    // Told twice, as after a reload of its candles: what was decided stands.
    const isKnown = book.orders.ofSymbol(signal.symbol).some(({ intent }) => intent.positionId === signal.id);
    if (isKnown || this.sizes.has(signal.id)) return;
    const instrument = market.instrument(signal.symbol);
    const decision = decideRisk(signal, this.context(signal, instrument), limits);
    if (decision.kind === 'refused') return this.refuse(signal, decision.refused);
    if (instrument === undefined) return this.refuse(signal, ['SYMBOL_NOT_TRADABLE']);
    const price = this.parts.priceOf(signal.symbol) ?? signal.entry;
    const size = decision.accepted;
    const entry = planEntry({
      signal,
      size,
      instrument,
      price,
      maxSlippage: limits.maxDrift,
      now: clock.now(),
    });
    if ('refused' in entry) return this.refuse(signal, [entry.refused]);
    // From here on the next signal sees it.
    book.plan(entry.plan);
    this.sizes.set(signal.id, size);
    this.parts.entered();
    this.parts.decided(signal, TRADED);
    void this.enter(signal, entry, size.leverage);
  }

  private async enter(signal: Signal, { plan, draft }: EntryPlan, leverage: number): Promise<void> {
    const { broker, desk, book, broke } = this.parts;
    const decidedAt = performance.now();
    try {
      await broker.prepare(signal.symbol, leverage);
    } catch (error) {
      const { kind } = toAppError(error, 'TRADING.BROKER_FAILED');
      return this.withdraw(signal, kind === 'rejected' ? 'ORDER_REJECTED' : 'ENTRY_NOT_FILLED');
    }
    // Nothing of it is journalled yet.
    if (!this.parts.mayOpen()) return this.withdraw(signal, 'TRADING_OFF');
    const along: JournalEntry[] = [
      { kind: 'signal', signal, decision: TRADED },
      { kind: 'position', plan },
    ];
    try {
      const [order] = await desk.place([draft], along, decidedAt);
      if (order !== undefined && isVain(order)) this.parts.decided(signal, vainDecision(order));
    } catch (error) {
      // The journal takes nothing any more: whoever watches it stops trading, and nothing was sent.
      book.drop(plan.id);
      if (!isAppError(error)) broke(toAppError(error, 'TRADING.BROKEN'));
    }
  }

  private withdraw(signal: Signal, reason: Refusal): void {
    this.parts.book.drop(signal.id);
    this.refuse(signal, [reason]);
  }

  private refuse(signal: Signal, reasons: readonly Refusal[]): void {
    const decision: Decision = { decision: 'refused', reasons };
    this.sizes.delete(signal.id);
    this.parts.record(signal, decision);
    this.parts.decided(signal, decision);
  }

  private context(signal: Signal, instrument: Instrument | undefined): RiskContext {
    const { clock, breaker, figures } = this.parts;
    const now = clock.now();
    return {
      now,
      isTradingOn: this.parts.mayOpen(),
      permit: breaker.permit(),
      account: figures.riskAccount(),
      market: this.riskMarket(signal, instrument),
      exposures: this.exposures(),
      losses: figures.lossFacts(now),
    };
  }

  private riskMarket(signal: Signal, instrument: Instrument | undefined): RiskMarket {
    const { market } = this.parts;
    const price = this.parts.priceOf(signal.symbol);
    const atr = market.view(signal.symbol, signal.interval)?.atr;
    return {
      isTradable: instrument !== undefined && market.isTradable(signal.symbol),
      ...(price === undefined ? {} : { price }),
      tickSize: Number(instrument?.filters.tickSize ?? NaN),
      stepSize: Number(instrument?.filters.stepSize ?? NaN),
      minQuantity: Number(instrument?.filters.minQty ?? NaN),
      ...(instrument === undefined ? {} : { maxQuantity: Number(instrument.filters.maxQty) }),
      minNotional: Number(instrument?.filters.minNotional ?? NaN),
      ...(atr === undefined || atr === null ? {} : { atr }),
      sectors: sectorsOf(instrument),
      correlation: (other) => this.correlation(signal, other),
    };
  }

  /** Positions, and entries under way. */
  private exposures(): Exposure[] {
    const { book, limits, market } = this.parts;
    const plans = book.livePlans();
    const live = new Set(plans.map(({ id }) => id));
    for (const id of this.sizes.keys()) if (!live.has(id)) this.sizes.delete(id);
    const planned = plans.map((plan): Exposure => {
      const held = book.held(plan.symbol);
      const size = this.sizes.get(plan.id);
      const price = this.parts.priceOf(plan.symbol) ?? Number(plan.entry);
      const notional = held === null ? (size?.notional ?? 0) : Number(held.quantity) * price;
      return {
        symbol: plan.symbol,
        direction: plan.direction,
        notional,
        margin: notional / (size?.leverage ?? limits.leverageCap),
        sectors: sectorsOf(market.instrument(plan.symbol)),
      };
    });
    const known = new Set(plans.map(({ symbol }) => symbol));
    const unplanned = book
      .allHeld()
      .filter(({ symbol }) => !known.has(symbol))
      .map((held): Exposure => {
        const price = this.parts.priceOf(held.symbol) ?? Number(held.entryPrice);
        const notional = Number(held.quantity) * price;
        const sectors = sectorsOf(market.instrument(held.symbol));
        const { symbol, direction } = held;
        return { symbol, direction, notional, margin: notional / limits.leverageCap, sectors };
      });
    return [...planned, ...unplanned];
  }

  private correlation({ symbol, interval }: Signal, other: string): number | undefined {
    const one = this.parts.market.series(symbol, interval);
    const two = this.parts.market.series(other, interval);
    return one && two && this.correlations.between(one, two);
  }
}

const sectorsOf = (instrument: Instrument | undefined): readonly string[] => instrument?.sectors ?? [];

const isVain = (order: Order): boolean => isFinal(order.status) && Number(order.filledQuantity) === 0;
