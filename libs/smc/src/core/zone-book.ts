/**
 * Live zones of one kind, in columns, and their way through the states of a ZoneLife. Every zone waits in a trigger
 * list for the price of its next step, so a candle that reaches none costs four comparisons.
 */
import type { UtcMs } from '@slt/domain';
import type { CandleWindow } from './candle-window';
import { grownFloats, grownInts, pick } from './columns';
import { mergeSlots, SlotList, SlotQueue, SlotStock } from './slots';
import type { Direction } from './smc-event';
import type { SnapshotReader } from './snapshot-reader';
import { timeText } from './time-text';
import { nextUp, TriggerList } from './trigger-list';
import { checkRow, type NewZone, readColumns, zoneAt } from './zone-columns';
import { type PlannedStep, planOf, type TriggerLists } from './zone-plan';
import type { ZoneLife } from './zone-life';

export interface ZoneBookParts<State extends string> {
  readonly window: CandleWindow;
  readonly life: ZoneLife<State>;
  /** What an id begins with, up to the direction. */
  readonly idPrefix: string;
  readonly freshLimit: number;
  readonly keptLimit: number;
  /** Called at every change of state, with the present candle as the one that proved it. */
  readonly announce: (slot: number, state: State | 'dropped') => void;
}

const FREE = -1;
const FIRST_CAPACITY = 8;

export class ZoneBook<State extends string> {
  top = new Float64Array(FIRST_CAPACITY);
  bottom = new Float64Array(FIRST_CAPACITY);
  at = new Int32Array(FIRST_CAPACITY);
  atTime = new Float64Array(FIRST_CAPACITY);
  readonly direction: Direction[] = [];
  /** The candle that proved the zone: its serial number, since no candle brings two. */
  private born = new Int32Array(FIRST_CAPACITY);
  private bornTime = new Float64Array(FIRST_CAPACITY);
  /** Empty until somebody asks. */
  private readonly id: string[] = [];
  /** Count of steps done, −1 where there is no zone. */
  private readonly done: number[] = [];

  private readonly stock = new SlotStock();
  private readonly fresh = new SlotList();
  private readonly kept = new SlotList();
  private readonly queue = new SlotQueue();
  private readonly lists: TriggerLists = {
    fallingWick: new TriggerList(),
    risingWick: new TriggerList(),
    fallingClose: new TriggerList(),
    risingClose: new TriggerList(),
  };
  private readonly bullishPlan: readonly PlannedStep<State>[];
  private readonly bearishPlan: readonly PlannedStep<State>[];
  private readonly bullishPrefix: string;
  private readonly bearishPrefix: string;

  constructor(private readonly parts: ZoneBookParts<State>) {
    this.bullishPrefix = `${parts.idPrefix}-bullish-`;
    this.bearishPrefix = `${parts.idPrefix}-bearish-`;
    this.bullishPlan = planOf(parts.life, 'bullish', this.lists);
    this.bearishPlan = planOf(parts.life, 'bearish', this.lists);
  }

  /** Drops the oldest fresh zone if there is no room, and opens this one, proved by the present candle. @returns its slot */
  open(zone: NewZone): number {
    if (this.fresh.length >= this.parts.freshLimit) this.drop(this.fresh.first, this.fresh);
    const { index, openTime } = this.parts.window;
    const slot = this.place(zone, index, openTime, 0);
    this.fresh.insert(slot, this.born);
    return slot;
  }

  /** Brings every zone that the present candle reaches as far as it goes, the oldest first. */
  step(): void {
    const { low, high, close } = this.parts.window;
    const { fallingWick, risingWick, fallingClose, risingClose } = this.lists;
    if (
      low < fallingWick.nearest ||
      -high < risingWick.nearest ||
      close < fallingClose.nearest ||
      -close < risingClose.nearest
    ) {
      this.advanceReached();
    }
  }

  /** Slots of the live zones, oldest first. */
  live(): number[] {
    return mergeSlots(this.fresh, this.kept, this.born);
  }

  idOf(slot: number): string {
    const known = this.id[slot]!;
    if (known !== '') return known;
    const prefix = this.direction[slot] === 'bullish' ? this.bullishPrefix : this.bearishPrefix;
    return (this.id[slot] = prefix + timeText(this.bornTime[slot]!));
  }

  /** @param slot of a live zone */
  stateOf(slot: number): State {
    const { life } = this.parts;
    const done = this.done[slot]!;
    return done === 0 ? life.first : life.steps[done - 1]!.to;
  }

  private advanceReached(): void {
    const { queue } = this;
    const { low, high, close } = this.parts.window;
    const { fallingWick, risingWick, fallingClose, risingClose } = this.lists;
    queue.clear();
    fallingWick.popInto(queue, low);
    risingWick.popInto(queue, -high);
    fallingClose.popInto(queue, close);
    risingClose.popInto(queue, -close);
    queue.sortBy(this.born);
    for (let i = 0; i < queue.length; i++) this.advance(queue.at(i));
  }

  /** @param slot just taken out of the list in which it waited, for the price is there */
  private advance(slot: number): void {
    const before = this.done[slot]!;
    // Dropped by one that was worked off before it.
    if (before === FREE) return;
    const plan = this.planOf(slot);
    let done = before;
    let next: PlannedStep<State> | undefined;
    do {
      this.done[slot] = done + 1;
      this.parts.announce(slot, plan[done]!.to);
      next = plan[++done];
    } while (next !== undefined && !next.isLater && next.list.price < this.keyOf(slot, next));
    this.settle(slot, before);
  }

  /** Puts a zone that has moved where it now belongs. */
  private settle(slot: number, before: number): void {
    const { life, keptLimit } = this.parts;
    const done = this.done[slot]!;
    const wasKept = before >= life.freshStates;
    if (done === life.steps.length) {
      this.remove(slot, wasKept ? this.kept : this.fresh);
      return;
    }
    this.watch(slot);
    if (wasKept || done < life.freshStates) return;
    this.fresh.remove(slot);
    this.kept.insert(slot, this.born);
    if (this.kept.length > keptLimit) this.drop(this.kept.first, this.kept);
  }

  private drop(slot: number, list: SlotList): void {
    this.parts.announce(slot, 'dropped');
    const step = this.planOf(slot)[this.done[slot]!]!;
    // One that waits to be worked off on this very candle is in no list any more.
    step.list.remove(this.keyOf(slot, step), slot);
    this.remove(slot, list);
  }

  private remove(slot: number, list: SlotList): void {
    list.remove(slot);
    this.done[slot] = FREE;
    this.stock.giveBack(slot);
  }

  private watch(slot: number): void {
    const step = this.planOf(slot)[this.done[slot]!]!;
    step.list.insert(this.keyOf(slot, step), slot);
  }

  private planOf(slot: number): readonly PlannedStep<State>[] {
    return this.direction[slot] === 'bullish' ? this.bullishPlan : this.bearishPlan;
  }

  /** What the price (or −price, where it must rise) has to be below. */
  private keyOf(slot: number, { edge, sign, isInclusive }: PlannedStep<State>): number {
    const top = this.top[slot]!;
    const bottom = this.bottom[slot]!;
    const key = sign * (edge === 'top' ? top : edge === 'bottom' ? bottom : (top + bottom) / 2);
    return isInclusive ? nextUp(key) : key;
  }

  private place(zone: NewZone, born: number, bornTime: UtcMs, done: number): number {
    const slot = this.stock.take();
    if (slot >= this.top.length) this.grow();
    this.top[slot] = zone.top;
    this.bottom[slot] = zone.bottom;
    this.at[slot] = zone.at;
    this.atTime[slot] = zone.atTime;
    this.born[slot] = born;
    this.bornTime[slot] = bornTime;
    this.direction[slot] = zone.direction;
    this.id[slot] = '';
    this.done[slot] = done;
    this.watch(slot);
    return slot;
  }

  private grow(): void {
    const length = 2 * this.top.length;
    this.top = grownFloats(this.top, length);
    this.bottom = grownFloats(this.bottom, length);
    this.at = grownInts(this.at, length);
    this.atTime = grownFloats(this.atTime, length);
    this.born = grownInts(this.born, length);
    this.bornTime = grownFloats(this.bornTime, length);
  }

  /** Columns, oldest first; times as their distance from the last candle, which is quick to write. */
  toColumns(slots: readonly number[] = this.live()): Record<string, unknown> {
    const now = this.parts.window.openTime;
    return {
      isBullish: slots.map((slot) => (this.direction[slot] === 'bullish' ? 1 : 0)),
      done: slots.map((slot) => this.done[slot]!),
      top: pick(this.top, slots),
      bottom: pick(this.bottom, slots),
      at: pick(this.at, slots),
      atAge: slots.map((slot) => now - this.atTime[slot]!),
      born: pick(this.born, slots),
      bornAge: slots.map((slot) => now - this.bornTime[slot]!),
    };
  }

  /** @returns the slots of the restored zones, oldest first */
  restore(reader: SnapshotReader): number[] {
    const { life, freshLimit, keptLimit } = this.parts;
    const length = reader.list('top').length;
    const limit = freshLimit + keptLimit;
    if (length > limit) reader.fail('top', `has more than ${limit} entries`);
    const columns = readColumns(reader, length, life.steps.length - 1);
    const slots: number[] = [];
    for (let i = 0; i < length; i++) {
      checkRow(reader, columns, i);
      const zone = zoneAt(columns, i, reader.present.openTime);
      const bornTime = reader.present.openTime - columns.bornAge[i]!;
      const slot = this.place(zone, columns.born[i]!, bornTime, columns.done[i]!);
      (columns.done[i]! < life.freshStates ? this.fresh : this.kept).insert(slot, this.born);
      slots.push(slot);
    }
    if (this.fresh.length > freshLimit) reader.fail('done', `has more than ${freshLimit} fresh zones`);
    if (this.kept.length > keptLimit) reader.fail('done', `has more than ${keptLimit} kept zones`);
    return slots;
  }
}
