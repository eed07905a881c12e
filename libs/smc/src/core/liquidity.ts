/**
 * Liquidity pools: levels behind which stops wait. A wick beyond that closes back sweeps a pool, a close beyond runs
 * it; either consumes it.
 */
import type { CandleWindow } from './candle-window';
import { emptyRows, pick } from './columns';
import type { EventLog } from './event-log';
import { MAX_INDEX, MAX_TIME } from './limits';
import { SESSION_NAMES } from './session-name';
import { LINKS, mergeSlots, SERIAL, SlotList, SlotQueue, SlotStock } from './slots';
import type { PoolSource, PoolState, Side } from './smc-event';
import type { TellPool, PoolView } from './smc-view';
import type { Mark, SnapshotReader } from './snapshot-reader';
import { timeText } from './time-text';
import { TriggerList } from './trigger-list';

/** In a snapshot a source is its place in this list. */
const SOURCES: readonly PoolSource[] = ['swing', 'equal', 'day', 'week', 'month', ...SESSION_NAMES];

/** What a row holds. The serial number counts creations: one candle may bring several. */
const LEVEL = LINKS;
const AT = LINKS + 1;
const AT_TIME = LINKS + 2;
const IS_HIGH = LINKS + 3;
const SOURCE = LINKS + 4;
const WIDTH = LINKS + 5;

/** Places in what lists have as nearest. */
const ABOVE = 0;
const BELOW = 1;

export interface LiquidityParts {
  readonly window: CandleWindow;
  readonly log: EventLog;
  /** Per side. */
  readonly poolLimit: number;
}

export class Liquidity {
  private readonly rows = emptyRows();
  /** By slot; empty until somebody asks. */
  private readonly ids: string[] = [];
  private created = 0;

  private readonly stock = new SlotStock();
  private readonly queue = new SlotQueue();
  private readonly highs = new SlotList(this.rows, WIDTH);
  private readonly lows = new SlotList(this.rows, WIDTH);
  private readonly nearestKeys = emptyRows();
  /** Highs wait for a price above them, lows for one below. */
  private readonly above = new TriggerList(this.nearestKeys, ABOVE);
  private readonly below = new TriggerList(this.nearestKeys, BELOW);
  private readonly window: CandleWindow;

  constructor(private readonly parts: LiquidityParts) {
    this.window = parts.window;
  }

  /** Tests the pools that stood before the present candle, the oldest first. */
  step(): void {
    const { nearestKeys, window } = this;
    if (-window.high < nearestKeys[ABOVE]! || window.low < nearestKeys[BELOW]!) this.consumeReached();
  }

  /** A pool that the present candle proved, tested from the next one on; the oldest of its side makes room. */
  add(source: PoolSource, side: Side, mark: Mark): void {
    const list = this.listOf(side);
    if (list.length >= this.parts.poolLimit) this.drop(list.first);
    this.announce(this.place(source, side, mark), 'active');
  }

  view(): PoolView[] {
    return this.live().map((slot) => this.poolOf(slot));
  }

  sketch(tell: TellPool): void {
    this.above.forEach((key) => tell('high', -key));
    this.below.forEach((key) => tell('low', key));
  }

  /** Level of the nearest high above the price, or low below it; undefined: none. */
  nearest(side: Side, price: number): number | undefined {
    if (side === 'low') return this.below.greatestBelow(price);
    const key = this.above.greatestBelow(-price);
    return key === undefined ? undefined : -key;
  }

  /** Columns, oldest first; times as their distance from the last candle. */
  toJSON(): unknown {
    const slots = this.live();
    const now = this.window.openTime;
    return {
      isHigh: this.column(IS_HIGH, slots),
      source: this.column(SOURCE, slots),
      level: this.column(LEVEL, slots),
      at: this.column(AT, slots),
      atAge: this.column(AT_TIME, slots).map((time) => now - time),
    };
  }

  restore(reader: SnapshotReader): void {
    const { poolLimit } = this.parts;
    const length = reader.list('level').length;
    if (length > 2 * poolLimit) reader.fail('level', `has more than ${2 * poolLimit} entries`);
    const whole = { length, isWhole: true };
    const isHigh = reader.column('isHigh', { ...whole, max: 1 });
    const source = reader.column('source', { ...whole, max: SOURCES.length - 1 });
    const level = reader.column('level', { length });
    const at = reader.column('at', { ...whole, max: MAX_INDEX });
    const atAge = reader.column('atAge', { ...whole, max: MAX_TIME });
    const now = reader.present.openTime;
    for (let i = 0; i < length; i++) {
      const atTime = now - atAge[i]!;
      reader.checkCandle(`at[${i}]`, at[i]!, atTime);
      const mark = { level: level[i]!, at: at[i]!, atTime };
      this.place(SOURCES[source[i]!]!, isHigh[i] === 1 ? 'high' : 'low', mark);
    }
    if (this.highs.length > poolLimit || this.lows.length > poolLimit) {
      reader.fail('isHigh', `has more than ${poolLimit} pools on one side`);
    }
    if (new Set(this.live().map((slot) => this.idOf(slot))).size < length)
      reader.fail('source', 'has two pools of one source, side and candle');
  }

  private consumeReached(): void {
    const { queue, rows } = this;
    const { high, low, close } = this.window;
    queue.clear();
    this.above.popInto(queue, -high);
    this.below.popInto(queue, low);
    queue.sortBy(rows, WIDTH);
    for (let i = 0; i < queue.length; i++) {
      const slot = queue.at(i);
      const level = rows[slot * WIDTH + LEVEL]!;
      const isBeyond = rows[slot * WIDTH + IS_HIGH] === 1 ? close > level : close < level;
      this.announce(slot, isBeyond ? 'run' : 'swept');
      this.remove(slot);
    }
  }

  private drop(slot: number): void {
    this.announce(slot, 'dropped');
    const level = this.rows[slot * WIDTH + LEVEL]!;
    if (this.sideOf(slot) === 'high') this.above.remove(-level, slot);
    else this.below.remove(level, slot);
    this.remove(slot);
  }

  private remove(slot: number): void {
    this.listOf(this.sideOf(slot)).remove(slot);
    this.ids[slot] = '';
    this.stock.giveBack(slot);
  }

  private place(source: PoolSource, side: Side, mark: Mark): number {
    const { rows } = this;
    const slot = this.stock.take();
    const row = slot * WIDTH;
    if (row === rows.length) rows.push(0, 0, 0, 0, 0, 0, 0, 0);
    rows[row + SERIAL] = this.created++;
    rows[row + LEVEL] = mark.level;
    rows[row + AT] = mark.at;
    rows[row + AT_TIME] = mark.atTime;
    rows[row + IS_HIGH] = side === 'high' ? 1 : 0;
    rows[row + SOURCE] = SOURCES.indexOf(source);
    this.ids[slot] = '';
    this.listOf(side).insert(slot);
    if (side === 'high') this.above.insert(-mark.level, slot);
    else this.below.insert(mark.level, slot);
    return slot;
  }

  private poolOf(slot: number): PoolView {
    return {
      id: this.idOf(slot),
      side: this.sideOf(slot),
      source: this.sourceOf(slot),
      level: this.rows[slot * WIDTH + LEVEL]!,
      at: this.rows[slot * WIDTH + AT]! | 0,
      atTime: this.rows[slot * WIDTH + AT_TIME]!,
    };
  }

  private sideOf(slot: number): Side {
    return this.rows[slot * WIDTH + IS_HIGH] === 1 ? 'high' : 'low';
  }

  private sourceOf(slot: number): PoolSource {
    return SOURCES[this.rows[slot * WIDTH + SOURCE]! | 0]!;
  }

  /** The candle of the extreme tells pools of a source apart; that of their birth may be one for two days, after a hole. */
  private idOf(slot: number): string {
    const known = this.ids[slot]!;
    if (known !== '') return known;
    const time = timeText(this.rows[slot * WIDTH + AT_TIME]!);
    return (this.ids[slot] = `liq-${this.sourceOf(slot)}-${this.sideOf(slot)}-${time}`);
  }

  private listOf(side: Side): SlotList {
    return side === 'high' ? this.highs : this.lows;
  }

  private live(): number[] {
    return mergeSlots(this.highs, this.lows, this.rows, WIDTH);
  }

  private column(offset: number, slots: readonly number[]): number[] {
    return pick(this.rows, { width: WIDTH, offset }, slots);
  }

  private announce(slot: number, state: PoolState): void {
    const { log } = this.parts;
    if (!log.wants('liquidity', state)) return;
    const { rows, window } = this;
    const row = slot * WIDTH;
    log.add({
      kind: 'liquidity',
      side: this.sideOf(slot),
      source: this.sourceOf(slot),
      state,
      id: this.idOf(slot),
      level: rows[row + LEVEL]!,
      at: rows[row + AT]! | 0,
      atTime: rows[row + AT_TIME]!,
      knownAt: window.index,
      knownAtTime: window.openTime,
    });
  }
}
