/**
 * Whether a signal may be traded now, and what would be sent for it: the account as it stands, the symbol's market and
 * the limits, brought before the rules of risk. No waiting in it, so that a backtest decides by it as well.
 */
import type { Clock, Instrument } from '@slt/domain';
import type { GradedCircuitBreaker } from '../core/breaker';
import { isFinal } from '../core/order-table';
import {
  decideRisk,
  type EntrySize,
  type Exposure,
  type MarginBracket,
  type RiskContext,
  type RiskLimits,
  type RiskMarket,
} from '../core/risk';
import type { Refusal, Signal } from '../core/signal';
import type { AccountBook } from './account-book';
import type { AccountFigures } from './account-figures';
import { Correlations } from './correlations';
import { type EntryPlan, planEntry } from './entry-plan';
import type { MarketWatch } from './market-watch';

export interface JudgeParts {
  readonly book: Pick<AccountBook, 'livePlans' | 'held' | 'allHeld' | 'orders'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly figures: Pick<AccountFigures, 'riskAccount' | 'lossFacts'>;
  readonly limits: RiskLimits;
  readonly breaker: Pick<GradedCircuitBreaker, 'permit'>;
  readonly market: MarketWatch;
  mayOpen(): boolean;
  priceOf(symbol: string): number | undefined;
  /** Left out: nobody knows, and a small coin's are assumed. */
  bracketsOf?(symbol: string): readonly MarginBracket[] | undefined;
}

export type Judgement =
  | { readonly kind: 'accepted'; readonly entry: EntryPlan; readonly leverage: number }
  | { readonly kind: 'refused'; readonly reasons: readonly Refusal[] };

type FilterNumbers = Pick<
  RiskMarket,
  'tickSize' | 'stepSize' | 'minQuantity' | 'maxQuantity' | 'minNotional'
>;

const NO_EXPOSURES: readonly Exposure[] = Object.freeze([]);
const NO_SECTORS: readonly string[] = Object.freeze([]);
const UNLISTED: FilterNumbers = { tickSize: NaN, stepSize: NaN, minQuantity: NaN, minNotional: NaN };

export class EntryJudge {
  /** Margin and notional of plans, as they were sized. */
  private readonly sizes = new Map<string, EntrySize>();
  private readonly correlations = new Correlations();
  private readonly filters = new WeakMap<Instrument, FilterNumbers>();

  constructor(private readonly parts: JudgeParts) {}

  /** What is accepted is to be planned in the book at once: the next signal is judged with it. */
  judge(signal: Signal): Judgement {
    const { limits, market, clock } = this.parts;
    const instrument = market.instrument(signal.symbol);
    const decision = decideRisk(signal, this.context(signal, instrument), limits);
    if (decision.kind === 'refused') return { kind: 'refused', reasons: decision.refused };
    if (instrument === undefined) return { kind: 'refused', reasons: ['SYMBOL_NOT_TRADABLE'] };
    const size = decision.accepted;
    const entry = planEntry({
      signal,
      size,
      instrument,
      price: this.parts.priceOf(signal.symbol) ?? signal.entry,
      maxSlippage: limits.maxDrift,
      now: clock.now(),
    });
    if ('refused' in entry) return { kind: 'refused', reasons: [entry.refused] };
    this.sizes.set(signal.id, size);
    return { kind: 'accepted', entry, leverage: size.leverage };
  }

  /** Accepted, and not let go of since. */
  knows(signalId: string): boolean {
    return this.sizes.has(signalId);
  }

  /** Nothing came of it. */
  forget(signalId: string): void {
    this.sizes.delete(signalId);
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
    const { market, book } = this.parts;
    const { symbol } = signal;
    const { tickSize, stepSize, minQuantity, maxQuantity, minNotional } = this.filtersOf(instrument);
    return {
      isTradable: instrument !== undefined && market.isTradable(symbol),
      hasOrders: book.orders.ofSymbol(symbol).some(({ status }) => !isFinal(status)),
      price: this.parts.priceOf(symbol),
      tickSize,
      stepSize,
      minQuantity,
      maxQuantity,
      minNotional,
      brackets: this.parts.bracketsOf?.(symbol),
      atr: market.view(symbol, signal.interval)?.atr ?? undefined,
      sectors: sectorsOf(instrument),
      correlation: (other) => this.correlation(signal, other),
    };
  }

  /** As numbers, which are read from their texts once. */
  private filtersOf(instrument: Instrument | undefined): FilterNumbers {
    if (instrument === undefined) return UNLISTED;
    const known = this.filters.get(instrument);
    if (known !== undefined) return known;
    const { tickSize, stepSize, minQty, maxQty, minNotional } = instrument.filters;
    const numbers = {
      tickSize: Number(tickSize),
      stepSize: Number(stepSize),
      minQuantity: Number(minQty),
      maxQuantity: Number(maxQty),
      minNotional: Number(minNotional),
    };
    this.filters.set(instrument, numbers);
    return numbers;
  }

  /** Positions, and entries under way. */
  private exposures(): readonly Exposure[] {
    const { book, limits, market } = this.parts;
    const plans = book.livePlans();
    const allHeld = book.allHeld();
    if (plans.length + allHeld.length === 0) {
      this.sizes.clear();
      return NO_EXPOSURES;
    }
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
    const unplanned = allHeld
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

const sectorsOf = (instrument: Instrument | undefined): readonly string[] =>
  instrument?.sectors ?? NO_SECTORS;
