/**
 * Follows every signal on the candles after it until a barrier is met, whether it was traded or not. A candle of a
 * symbol without one costs a look into a map.
 */
import { type Candle, INTERVALS, type Interval, type UtcMs } from '@slt/domain';
import type { CostSettings } from '../costs';
import type { Json } from '../model';
import { StateFields } from '../learner/state-fields';
import {
  openVirtual,
  stepVirtual,
  type VirtualOutcome,
  type VirtualPlan,
  type VirtualPosition,
  type VirtualStep,
} from './triple-barrier';

const NONE: readonly VirtualEnd[] = Object.freeze([]);

/** `outcome` undefined: nobody could have entered, and nothing is to be learned. */
export interface VirtualEnd {
  readonly id: string;
  readonly outcome: VirtualOutcome | undefined;
}

/**
 * Candles of a series that nobody told, as after an outage: open times from `from` on, below `before`; ascending. What is
 * not known is left out.
 */
export type MissedCandles = (
  symbol: string,
  interval: Interval,
  from: UtcMs,
  before: UtcMs,
) => Iterable<Candle>;

/** A series that somebody waits for, from this open time on. */
export interface Awaited {
  readonly symbol: string;
  readonly interval: Interval;
  readonly from: UtcMs;
}

export class VirtualBook {
  private readonly bySymbol = new Map<string, VirtualPosition[]>();
  private count = 0;

  constructor(
    private readonly settings: CostSettings,
    private readonly missed: MissedCandles = () => [],
  ) {}

  get size(): number {
    return this.count;
  }

  /** From the candle after the plan's own on. */
  open(plan: VirtualPlan): void {
    const held = this.bySymbol.get(plan.symbol);
    if (held === undefined) this.bySymbol.set(plan.symbol, [openVirtual(plan)]);
    else held.push(openVirtual(plan));
    this.count++;
  }

  /**
   * @param candle closed; of one series in order, of different ones in any
   * @returns what it ended, in the order in which it was opened; always the same list when that is nothing
   */
  onCandle(symbol: string, interval: Interval, candle: Candle): readonly VirtualEnd[] {
    const held = this.bySymbol.get(symbol);
    return held === undefined ? NONE : this.step(held, symbol, interval, candle);
  }

  /** It ended otherwise. */
  drop({ symbol, id }: Pick<VirtualPlan, 'symbol' | 'id'>): void {
    const held = this.bySymbol.get(symbol);
    const at = held?.findIndex(({ plan }) => plan.id === id) ?? -1;
    if (held === undefined || at < 0) return;
    held.splice(at, 1);
    this.count--;
    if (held.length === 0) this.bySymbol.delete(symbol);
  }

  /** What it would have to be told after a pause: one entry a series. */
  awaited(): readonly Awaited[] {
    const series = new Map<string, Awaited>();
    for (const held of this.bySymbol.values()) {
      for (const { plan, seenTo } of held) {
        const { symbol, interval } = plan;
        const key = `${symbol} ${interval}`;
        const from = Math.min(series.get(key)?.from ?? Infinity, seenTo);
        series.set(key, { symbol, interval, from });
      }
    }
    return [...series.values()].sort((a, b) => compare(a.symbol, b.symbol));
  }

  snapshot(): Json {
    return [...this.bySymbol.values()].flat().map(({ plan, openedAt, seenTo }) => ({
      plan: { ...plan },
      openedAt,
      seenTo,
    }));
  }

  /** @throws AppError invalid, `MODEL.BAD_STATE` */
  static restore(snapshot: unknown, settings: CostSettings, missed?: MissedCandles): VirtualBook {
    const book = new VirtualBook(settings, missed);
    for (const position of new StateFields({ positions: snapshot }, 'virtual').list(
      'positions',
      positionOf,
    )) {
      book.open(position.plan);
      Object.assign(book.bySymbol.get(position.plan.symbol)!.at(-1)!, position);
    }
    return book;
  }

  private step(
    held: readonly VirtualPosition[],
    symbol: string,
    interval: Interval,
    candle: Candle,
  ): readonly VirtualEnd[] {
    let from = candle.openTime;
    for (const { plan, seenTo } of held) if (seenTo < from && plan.interval === interval) from = seenTo;
    if (from === candle.openTime) return this.take(held, interval, candle);
    const ends: VirtualEnd[] = [];
    for (const missed of this.missed(symbol, interval, from, candle.openTime))
      ends.push(...this.take(held, interval, missed));
    return [...ends, ...this.take(held, interval, candle)];
  }

  /** @returns what it ended, which is held no longer */
  private take(held: readonly VirtualPosition[], interval: Interval, candle: Candle): readonly VirtualEnd[] {
    let ended: VirtualEnd[] | undefined;
    for (const position of held) {
      if (position.plan.interval !== interval) continue;
      const step = stepVirtual(position, candle, this.settings);
      if (step === 'open') continue;
      (ended ??= []).push({ id: position.plan.id, outcome: outcomeOf(step) });
    }
    if (ended === undefined) return NONE;
    const { symbol } = held[0]!.plan;
    for (const { id } of ended) this.drop({ symbol, id });
    return ended;
  }
}

const outcomeOf = (step: Exclude<VirtualStep, 'open'>): VirtualOutcome | undefined =>
  step === 'void' ? undefined : step;

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function positionOf(fields: StateFields): VirtualPosition {
  const plan = fields.fields('plan');
  const position = openVirtual({
    id: plan.text('id'),
    symbol: plan.text('symbol'),
    interval: plan.oneOf('interval', INTERVALS),
    direction: plan.oneOf('direction', ['long', 'short']),
    at: plan.number('at'),
    entry: plan.number('entry'),
    stop: plan.number('stop'),
    target: plan.number('target'),
    slippageRate: plan.number('slippageRate'),
    fundingRate: plan.number('fundingRate'),
  });
  position.openedAt = fields.numberOrNull('openedAt');
  position.seenTo = fields.number('seenTo');
  return position;
}
