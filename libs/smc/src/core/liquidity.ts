/**
 * Liquidity pools: levels behind which stops wait. A wick beyond that closes back sweeps a pool, a close beyond runs
 * it; either consumes it.
 */
import type { CandleWindow } from './candle-window';
import { grownFloats, grownInts, pick } from './columns';
import type { EventLog } from './event-log';
import { MAX_INDEX, MAX_TIME } from './limits';
import { SESSION_NAMES } from './session-name';
import { mergeSlots, SlotList, SlotQueue, SlotStock } from './slots';
import type { PoolSource, PoolState, Side } from './smc-event';
import type { PoolView } from './smc-view';
import type { Mark, SnapshotReader } from './snapshot-reader';
import { timeText } from './time-text';
import { TriggerList } from './trigger-list';

/** In a snapshot a source is its place in this list. */
const SOURCES: readonly PoolSource[] = ['swing', 'equal', 'day', 'week', 'month', ...SESSION_NAMES];
const FIRST_CAPACITY = 8;

export interface LiquidityParts {
  readonly window: CandleWindow;
  readonly log: EventLog;
  /** Per side. */
  readonly poolLimit: number;
}

export class Liquidity {
  private readonly side: Side[] = [];
  private readonly source: PoolSource[] = [];
  private readonly id: string[] = [];
  private level = new Float64Array(FIRST_CAPACITY);
  private at = new Int32Array(FIRST_CAPACITY);
  private atTime = new Float64Array(FIRST_CAPACITY);
  /** Counts creations: one candle may bring several. */
  private serial = new Int32Array(FIRST_CAPACITY);
  private created = 0;

  private readonly stock = new SlotStock();
  private readonly queue = new SlotQueue();
  private readonly highs = new SlotList();
  private readonly lows = new SlotList();
  /** Highs wait for a price above them, lows for one below. */
  private readonly above = new TriggerList();
  private readonly below = new TriggerList();

  constructor(private readonly parts: LiquidityParts) {}

  /** Tests the pools that stood before the present candle, the oldest first. */
  step(): void {
    const { high, low } = this.parts.window;
    if (-high < this.above.nearest || low < this.below.nearest) this.consumeReached();
  }

  /** A pool that the present candle proved, tested from the next one on; the oldest of its side makes room. */
  add(source: PoolSource, side: Side, mark: Mark): void {
    const list = this.listOf(side);
    if (list.length >= this.parts.poolLimit) this.drop(list.first);
    this.announce(this.place(source, side, mark), 'active');
  }

  view(): PoolView[] {
    return this.live().map((slot) => ({
      id: this.id[slot]!,
      side: this.side[slot]!,
      source: this.source[slot]!,
      level: this.level[slot]!,
      at: this.at[slot]!,
      atTime: this.atTime[slot]!,
    }));
  }

  /** Columns, oldest first; times as their distance from the last candle. */
  toJSON(): unknown {
    const slots = this.live();
    const now = this.parts.window.openTime;
    return {
      isHigh: slots.map((slot) => (this.side[slot] === 'high' ? 1 : 0)),
      source: slots.map((slot) => SOURCES.indexOf(this.source[slot]!)),
      level: pick(this.level, slots),
      at: pick(this.at, slots),
      atAge: slots.map((slot) => now - this.atTime[slot]!),
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
    if (new Set(this.id).size < length) reader.fail('source', 'has two pools of one source, side and candle');
  }

  private consumeReached(): void {
    const { queue } = this;
    const { high, low, close } = this.parts.window;
    queue.clear();
    this.above.popInto(queue, -high);
    this.below.popInto(queue, low);
    queue.sortBy(this.serial);
    for (let i = 0; i < queue.length; i++) {
      const slot = queue.at(i);
      const level = this.level[slot]!;
      const isBeyond = this.side[slot] === 'high' ? close > level : close < level;
      this.announce(slot, isBeyond ? 'run' : 'swept');
      this.remove(slot);
    }
  }

  private drop(slot: number): void {
    this.announce(slot, 'dropped');
    const level = this.level[slot]!;
    if (this.side[slot] === 'high') this.above.remove(-level, slot);
    else this.below.remove(level, slot);
    this.remove(slot);
  }

  private remove(slot: number): void {
    this.listOf(this.side[slot]!).remove(slot);
    this.stock.giveBack(slot);
  }

  /** The candle of the extreme tells pools of a source apart; that of their birth may be one for two days, after a hole. */
  private place(source: PoolSource, side: Side, mark: Mark): number {
    const slot = this.stock.take();
    if (slot >= this.level.length) this.grow();
    this.side[slot] = side;
    this.source[slot] = source;
    this.id[slot] = `liq-${source}-${side}-${timeText(mark.atTime)}`;
    this.level[slot] = mark.level;
    this.at[slot] = mark.at;
    this.atTime[slot] = mark.atTime;
    this.serial[slot] = this.created++;
    this.listOf(side).insert(slot, this.serial);
    if (side === 'high') this.above.insert(-mark.level, slot);
    else this.below.insert(mark.level, slot);
    return slot;
  }

  private grow(): void {
    const length = 2 * this.level.length;
    this.level = grownFloats(this.level, length);
    this.at = grownInts(this.at, length);
    this.atTime = grownFloats(this.atTime, length);
    this.serial = grownInts(this.serial, length);
  }

  private listOf(side: Side): SlotList {
    return side === 'high' ? this.highs : this.lows;
  }

  private live(): number[] {
    return mergeSlots(this.highs, this.lows, this.serial);
  }

  private announce(slot: number, state: PoolState): void {
    const { window, log } = this.parts;
    if (log.isMuted) return;
    log.add({
      kind: 'liquidity',
      side: this.side[slot]!,
      source: this.source[slot]!,
      state,
      id: this.id[slot]!,
      level: this.level[slot]!,
      at: this.at[slot]!,
      atTime: this.atTime[slot]!,
      knownAt: window.index,
      knownAtTime: window.openTime,
    });
  }
}
