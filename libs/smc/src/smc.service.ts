/** The engines of all series: one a symbol and interval, in step with the series' closed candles. */
import { Injectable, Logger } from '@nestjs/common';
import {
  type Candle,
  type CandleColumns,
  type Interval,
  intervalMs,
  isAppError,
  sliceColumns,
  toAppError,
  toCandles,
  type UtcMs,
} from '@slt/domain';
import { SmcEngine } from './core/smc-engine';
import type { SmcEvent, SmcEventKind } from './core/smc-event';
import type { SmcView } from './core/smc-view';
import { StepClock, type StepTimes } from './step-clock';

const NOTHING: readonly SmcEvent[] = Object.freeze([]);
/** Newest candles of a history whose events are kept. */
const RECENT_CANDLES = 32;

export interface SmcTotals {
  /** Of single steps; a warm-up makes none. */
  readonly events: Readonly<Record<SmcEventKind, number>>;
  /** Candles that were not sound and were passed over, as if they were a hole. */
  readonly refused: number;
  /** Engines lost to an error of their own; each is built anew with the next candle. */
  readonly lost: number;
}

interface History {
  readonly symbol: string;
  readonly interval: Interval;
  readonly columns: CandleColumns;
}

/** How an engine's history ended. */
interface Recent {
  readonly events: readonly SmcEvent[];
  isPassing: boolean;
}

const keyOf = (symbol: string, interval: Interval): string => `${symbol} ${interval}`;

@Injectable()
export class SmcService {
  private readonly logger = new Logger('Smc');
  private readonly engines = new Map<string, Map<Interval, SmcEngine>>();
  /** Histories whose engine nobody has needed yet, oldest first. */
  private readonly waiting = new Map<string, History>();
  /** Series that had their line in the log. */
  private readonly complained = new Set<string>();
  /** What the newest candles of each engine's history proved; let go of at the second step after it. */
  private readonly recents = new Map<string, Recent>();
  private readonly clock = new StepClock();
  private readonly told: Record<SmcEventKind, number> = {
    pivot: 0,
    bos: 0,
    choch: 0,
    'order-block': 0,
    'fair-value-gap': 0,
    'equal-level': 0,
    liquidity: 0,
    'period-level': 0,
    session: 0,
  };
  private refused = 0;
  private lost = 0;

  /** Whether there is an engine that `step` can go on with; without one the series is to be loaded. */
  has(symbol: string, interval: Interval): boolean {
    return this.waiting.has(keyOf(symbol, interval)) || this.engines.get(symbol)?.has(interval) === true;
  }

  /**
   * A new engine, warmed through the history, takes the place of the old one: at the start, and whenever the past was
   * rewritten. It is made when it is needed, or by `prepare`. Tells no events. Never throws.
   * @param columns kept until then; not to be changed
   */
  load(symbol: string, interval: Interval, columns: CandleColumns): void {
    this.engines.get(symbol)?.delete(interval);
    this.recents.delete(keyOf(symbol, interval));
    this.waiting.set(keyOf(symbol, interval), { symbol, interval, columns });
  }

  /** Makes engines that nobody has needed yet, about half a millisecond each for a thousand candles. */
  prepare(count: number): void {
    for (const { symbol, interval } of [...this.waiting.values()].slice(0, count))
      this.engine(symbol, interval);
  }

  /**
   * Takes the series' next closed candle. Never throws: what goes wrong here must not keep the candle from others.
   * @returns what it proved
   */
  step(symbol: string, interval: Interval, candle: Candle): readonly SmcEvent[] {
    const engine = this.engine(symbol, interval);
    if (engine === undefined) return NOTHING;
    if (this.recents.size > 0) this.pass(keyOf(symbol, interval));
    const from = performance.now();
    try {
      const events = this.take(engine, symbol, interval, candle);
      for (const { kind } of events) this.told[kind]++;
      return events;
    } catch (error) {
      this.lose(symbol, interval, error);
      return NOTHING;
    } finally {
      this.clock.took(from);
    }
  }

  /** The present state; undefined while there is no engine. */
  view(symbol: string, interval: Interval): SmcView | undefined {
    return this.engine(symbol, interval)?.view();
  }

  /** The same for who needs few parts of it: each is made when it is read. Holds until the next candle. */
  glance(symbol: string, interval: Interval): SmcView | undefined {
    return this.engine(symbol, interval)?.glance();
  }

  /** Open time of the engine's last candle; undefined without an engine, or before its first candle. */
  lastOpenTime(symbol: string, interval: Interval): UtcMs | undefined {
    return this.engine(symbol, interval)?.lastOpenTime ?? undefined;
  }

  /**
   * What was proved by the last 32 candles of the history that the engine was made from, ascending by `knownAtTime`: for
   * whoever was not there to hear of it. Until the second step after that; from then on nothing.
   */
  recent(symbol: string, interval: Interval): readonly SmcEvent[] {
    this.engine(symbol, interval);
    return this.recents.get(keyOf(symbol, interval))?.events ?? NOTHING;
  }

  forget(symbol: string): void {
    for (const { interval } of [...this.waiting.values()].filter((history) => history.symbol === symbol))
      this.waiting.delete(keyOf(symbol, interval));
    for (const interval of this.engines.get(symbol)?.keys() ?? []) {
      this.complained.delete(keyOf(symbol, interval));
      this.recents.delete(keyOf(symbol, interval));
    }
    this.engines.delete(symbol);
  }

  forgetAll(): void {
    this.waiting.clear();
    this.engines.clear();
    this.recents.clear();
    this.complained.clear();
  }

  /** Since the process began. */
  totals(): SmcTotals {
    return { events: { ...this.told }, refused: this.refused, lost: this.lost };
  }

  /** How long steps took; undefined when there were none. @param reset begin anew: one reader only may */
  stepTimes(reset = false): StepTimes | undefined {
    return this.clock.times(reset);
  }

  private pass(series: string): void {
    const recent = this.recents.get(series);
    if (recent?.isPassing === true) this.recents.delete(series);
    else if (recent !== undefined) recent.isPassing = true;
  }

  private engine(symbol: string, interval: Interval): SmcEngine | undefined {
    const history = this.waiting.get(keyOf(symbol, interval));
    if (history !== undefined) this.begin(history);
    return this.engines.get(symbol)?.get(interval);
  }

  private begin({ symbol, interval, columns }: History): void {
    this.waiting.delete(keyOf(symbol, interval));
    try {
      const engine = this.warmedUp(symbol, interval, columns);
      let ofSymbol = this.engines.get(symbol);
      if (ofSymbol === undefined) this.engines.set(symbol, (ofSymbol = new Map()));
      ofSymbol.set(interval, engine);
    } catch (error) {
      this.lose(symbol, interval, error);
    }
  }

  private warmedUp(symbol: string, interval: Interval, columns: CandleColumns): SmcEngine {
    const from = Math.max(0, columns.length - RECENT_CANDLES);
    let recent: SmcEvent[] = [];
    let engine = new SmcEngine({ intervalMs: intervalMs(interval) });
    try {
      engine.warmUp(sliceColumns(columns, 0, from));
      engine.warmUp(sliceColumns(columns, from), (event) => recent.push(event));
    } catch (error) {
      if (!isAppError(error, 'SMC.CANDLE')) throw error;
      // The sound ones one by one, then, as the stream would have brought them.
      engine = new SmcEngine({ intervalMs: intervalMs(interval) });
      const proved = toCandles(columns).map((candle) => this.take(engine, symbol, interval, candle));
      recent = proved.slice(from).flat();
    }
    if (recent.length > 0) this.recents.set(keyOf(symbol, interval), { events: recent, isPassing: false });
    return engine;
  }

  /** A refused candle leaves the engine as it was, and a hole does not matter to it. */
  private take(engine: SmcEngine, symbol: string, interval: Interval, candle: Candle): readonly SmcEvent[] {
    try {
      return engine.step(candle);
    } catch (error) {
      if (!isAppError(error, 'SMC.CANDLE')) throw error;
      this.refused++;
      this.complain(symbol, interval, `passes over ${error.message}`);
      return NOTHING;
    }
  }

  /** An error of the engine's own, in the middle of a candle: what it holds now is anybody's guess. */
  private lose(symbol: string, interval: Interval, error: unknown): void {
    this.lost++;
    this.engines.get(symbol)?.delete(interval);
    const { message } = toAppError(error, 'SMC.FAILED');
    this.complain(symbol, interval, `the engine failed and begins anew: ${message}`);
  }

  /** Once a series: the totals tell how often. */
  private complain(symbol: string, interval: Interval, what: string): void {
    const series = keyOf(symbol, interval);
    if (this.complained.has(series)) return;
    this.complained.add(series);
    this.logger.error(`${series}: ${what}`);
  }
}
