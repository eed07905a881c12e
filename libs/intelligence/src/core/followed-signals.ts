/**
 * Signals from their decision to their outcome. Each is followed on the candles at once; where a position of it is
 * closed, that outcome counts instead. What is known waits for a later candle, and is then told in the order of time:
 * so the order in which symbols report within a minute makes no difference.
 */
import { type Candle, type DurationMs, HOUR_MS, type Interval, intervalMs, type UtcMs } from '@slt/domain';
import type { Signal, Trade } from '@slt/trading';
import {
  type Followed,
  followedJson,
  followedOf,
  type Forecast,
  type Heard,
  heardOf,
  type Known,
  knownJson,
  knownOf,
  type OpenSample,
} from './advisor-state';
import type { CostSettings } from './costs';
import { realOutcomeOf } from './labels/real-outcome';
import type { VirtualOutcome, VirtualPlan } from './labels/triple-barrier';
import { type Awaited, type MissedCandles, VirtualBook } from './labels/virtual-book';
import type { StateFields } from './learner/state-fields';
import type { Json } from './model';
import type { Sample } from './sample';

/** A position whose end nobody tells of, such as one of a halted account: then the candles' word counts. */
const REAL_LIMIT_MS: DurationMs = 24 * HOUR_MS;
/** Ids that are remembered of a symbol's last candle: one a set-up and direction. */
const MOST_AT_ONCE = 6;

/** What is known of a signal when it is decided upon. */
export interface NewlyDecided {
  readonly signal: Signal;
  readonly isTraded: boolean;
  readonly sample: OpenSample;
  readonly forecast: Forecast;
  readonly slippageRate: number;
  readonly fundingRate: number;
}

export class FollowedSignals {
  private virtual: VirtualBook;
  private followed = new Map<string, Followed>();
  private heard = new Map<string, Heard>();
  private known: Known[] = [];

  constructor(costs: CostSettings, missed?: MissedCandles) {
    this.virtual = new VirtualBook(costs, missed);
  }

  /** Signals whose outcome nobody knows yet. */
  get size(): number {
    return this.followed.size;
  }

  /** A signal that was heard already is passed over. */
  follow({ signal, isTraded, sample, forecast, slippageRate, fundingRate }: NewlyDecided): void {
    if (!this.isNew(signal)) return;
    const { id, symbol, interval, direction, at, entry, stop, target } = signal;
    this.followed.set(id, { sample, interval, forecast, awaitsReal: isTraded, virtual: null });
    const plan: VirtualPlan = {
      id,
      symbol,
      interval,
      direction,
      at,
      entry,
      stop,
      target,
      slippageRate,
      fundingRate,
    };
    this.virtual.open(plan);
  }

  onCandle(symbol: string, interval: Interval, candle: Candle): void {
    const ends = this.virtual.onCandle(symbol, interval, candle);
    if (ends.length > 0) for (const { id, outcome } of ends) this.ended(id, outcome);
  }

  /** Nothing was filled: the virtual outcome counts. */
  retract(signalId: string): void {
    const followed = this.followed.get(signalId);
    if (followed === undefined) return;
    followed.awaitsReal = false;
    if (followed.virtual !== null) this.settle(followed, followed.virtual, 'virtual');
  }

  trade(trade: Trade): void {
    const followed = this.followed.get(trade.positionId);
    const outcome = followed && realOutcomeOf(trade);
    if (outcome === undefined) return;
    this.virtual.drop(followed!.sample);
    this.settle(followed!, outcome, 'real');
  }

  /**
   * Once for each new close of a candle.
   * @returns what was known before the candle that closes then, ascending by time and id
   */
  due(at: UtcMs): readonly Known[] {
    this.stopWaiting(at);
    if (this.known.length === 0) return this.known;
    const due = this.known.filter((known) => known.due < at);
    if (due.length === 0) return due;
    this.known = this.known.filter((known) => known.due >= at);
    return due.sort((a, b) => a.due - b.due || (a.sample.id < b.sample.id ? -1 : 1));
  }

  awaited(): readonly Awaited[] {
    return this.virtual.awaited();
  }

  snapshot(): Readonly<Record<'virtual' | 'followed' | 'heard' | 'known', Json>> {
    return {
      virtual: this.virtual.snapshot(),
      followed: [...this.followed.values()].map(followedJson),
      heard: [...this.heard.values()].map(({ symbol, at, ids }) => ({ symbol, at, ids: [...ids] })),
      known: this.known.map(knownJson),
    };
  }

  /** @throws AppError invalid, `MODEL.BAD_STATE` */
  static restore(fields: StateFields, costs: CostSettings, missed?: MissedCandles): FollowedSignals {
    const signals = new FollowedSignals(costs, missed);
    signals.virtual = VirtualBook.restore(fields.raw('virtual'), costs, missed);
    for (const each of fields.list('followed', followedOf)) signals.followed.set(each.sample.id, each);
    for (const each of fields.list('heard', heardOf)) signals.heard.set(each.symbol, each);
    signals.known = fields.list('known', knownOf);
    return signals;
  }

  private isNew({ symbol, id, at }: Signal): boolean {
    const heard = this.heard.get(symbol);
    if (heard !== undefined && (at < heard.at || heard.ids.includes(id))) return false;
    const before = heard?.at === at ? heard.ids : [];
    this.heard.set(symbol, { symbol, at, ids: [...before, id].slice(-MOST_AT_ONCE) });
    return true;
  }

  private ended(id: string, outcome: VirtualOutcome | undefined): void {
    const followed = this.followed.get(id);
    if (followed === undefined) return;
    if (outcome === undefined && !followed.awaitsReal) this.followed.delete(id);
    if (outcome === undefined) return;
    if (followed.awaitsReal) followed.virtual = outcome;
    else this.settle(followed, outcome, 'virtual');
  }

  private settle(
    { sample, forecast, interval }: Followed,
    { closedAt, r, barrier }: Pick<Sample, 'closedAt' | 'r' | 'barrier'>,
    source: Sample['source'],
  ): void {
    this.followed.delete(sample.id);
    const lengthMs = intervalMs(interval);
    // A position ends between closes, and is told of a little later: both within the candle that is not closed yet.
    const due = source === 'virtual' ? closedAt : (Math.floor(closedAt / lengthMs) + 1) * lengthMs;
    // Field by field: a spread that is added to takes longer than all else that becomes of an outcome.
    const { id, symbol, at, setup, direction, features, featureVersion, rewardR, costR } = sample;
    this.known.push({
      sample: {
        id,
        symbol,
        at,
        setup,
        direction,
        features,
        featureVersion,
        rewardR,
        costR,
        closedAt,
        r,
        barrier,
        source,
      },
      forecast,
      due,
    });
  }

  private stopWaiting(at: UtcMs): void {
    for (const followed of this.followed.values()) {
      if (!followed.awaitsReal || at - followed.sample.at < REAL_LIMIT_MS) continue;
      if (followed.virtual === null) followed.awaitsReal = false;
      else this.settle(followed, followed.virtual, 'virtual');
    }
  }
}
