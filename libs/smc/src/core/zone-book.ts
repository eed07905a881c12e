/**
 * Live zones of one kind, each a row of numbers, and their way through the states of a ZoneLife. Every zone waits in a
 * trigger list for the price of its next step, so a candle that reaches none costs four comparisons.
 */
import type { UtcMs } from '@slt/domain';
import type { CandleWindow } from './candle-window';
import { emptyRows, pick } from './columns';
import { LINKS, mergeSlots, SERIAL, SlotList, SlotQueue, SlotStock } from './slots';
import type { Direction } from './smc-event';
import type { SnapshotReader } from './snapshot-reader';
import { timeText } from './time-text';
import { nextUp, TriggerList } from './trigger-list';
import { checkRow, type NewZone, readColumns, zoneAt } from './zone-columns';
import type { PlannedStep, ZonePlans } from './zone-plan';

export interface ZoneBookParts<State extends string> {
  readonly window: CandleWindow;
  readonly plans: ZonePlans<State>;
  /** What an id begins with. */
  readonly idPrefix: Readonly<Record<Direction, string>>;
  readonly freshLimit: number;
  readonly keptLimit: number;
  /** Whether anybody ever listens for that state; asked once. */
  readonly hears: (state: State | 'dropped') => boolean;
  /** Called at every change to a state that is heard, with the present candle as the one that proved it. */
  readonly announce: (slot: number, state: State | 'dropped') => void;
}

/** The candle that proved the zone is its serial number, since no candle brings two. */
const BORN = SERIAL;
const BORN_TIME = LINKS;
const IS_BULLISH = LINKS + 1;
/** Count of steps done, −1 where there is no zone. */
const DONE = LINKS + 2;
const TOP = LINKS + 3;
const BOTTOM = LINKS + 4;
const AT = LINKS + 5;
const AT_TIME = LINKS + 6;
const WIDTH = LINKS + 7;

const FREE = -1;

export class ZoneBook<State extends string> {
  private readonly rows = emptyRows();
  /** By slot; empty until somebody asks. */
  private readonly ids: string[] = [];

  private readonly stock = new SlotStock();
  private readonly fresh = new SlotList(this.rows, WIDTH);
  private readonly kept = new SlotList(this.rows, WIDTH);
  private readonly queue = new SlotQueue();
  /** Of the trigger lists: see there. */
  private readonly nearest = emptyRows();
  private readonly lists: readonly TriggerList[];
  private readonly window: CandleWindow;
  private readonly bullishPlan: readonly PlannedStep<State>[];
  private readonly bearishPlan: readonly PlannedStep<State>[];
  /** By the count of steps done before. */
  private readonly isHeard: readonly boolean[];
  private readonly isDropHeard: boolean;

  constructor(private readonly parts: ZoneBookParts<State>) {
    const { window, plans } = parts;
    this.window = window;
    this.bullishPlan = plans.bullish;
    this.bearishPlan = plans.bearish;
    this.isHeard = plans.life.steps.map(({ to }) => parts.hears(to));
    this.isDropHeard = parts.hears('dropped');
    this.lists = window.prices.map((_, place) => new TriggerList(this.nearest, place));
  }

  /** Drops the oldest fresh zone if there is no room, and opens this one, proved by the present candle. @returns its slot */
  open(zone: NewZone): number {
    const { fresh, window } = this;
    if (fresh.length >= this.parts.freshLimit) this.drop(fresh.first, fresh);
    const slot = this.place(zone, window.index, window.openTime, 0);
    fresh.insert(slot);
    return slot;
  }

  /** Brings every zone that the present candle reaches as far as it goes, the oldest first. */
  step(): void {
    const { nearest } = this;
    const { prices } = this.window;
    if (
      prices[0]! < nearest[0]! ||
      prices[1]! < nearest[1]! ||
      prices[2]! < nearest[2]! ||
      prices[3]! < nearest[3]!
    ) {
      this.advanceReached();
    }
  }

  /** Slots of the live zones, oldest first. */
  live(): number[] {
    return mergeSlots(this.fresh, this.kept, this.rows, WIDTH);
  }

  /** Each live zone, as they lie in memory: a walk along their lists would wait for most of them. */
  forEach(tell: (slot: number) => void): void {
    const { rows } = this;
    for (let slot = 0, row = 0; row < rows.length; slot++, row += WIDTH) {
      if (rows[row + DONE] !== FREE) tell(slot);
    }
  }

  top(slot: number): number {
    return this.rows[slot * WIDTH + TOP]!;
  }

  bottom(slot: number): number {
    return this.rows[slot * WIDTH + BOTTOM]!;
  }

  /** Index of the candle that the zone is about. */
  at(slot: number): number {
    return this.rows[slot * WIDTH + AT]! | 0;
  }

  atTime(slot: number): UtcMs {
    return this.rows[slot * WIDTH + AT_TIME]!;
  }

  direction(slot: number): Direction {
    return this.rows[slot * WIDTH + IS_BULLISH] === 1 ? 'bullish' : 'bearish';
  }

  idOf(slot: number): string {
    const known = this.ids[slot]!;
    if (known !== '') return known;
    const born = timeText(this.rows[slot * WIDTH + BORN_TIME]!);
    return (this.ids[slot] = this.parts.idPrefix[this.direction(slot)] + born);
  }

  /** @param slot of a live zone */
  stateOf(slot: number): State {
    const { life } = this.parts.plans;
    const done = this.rows[slot * WIDTH + DONE]!;
    return done === 0 ? life.first : life.steps[done - 1]!.to;
  }

  private advanceReached(): void {
    const { queue, lists } = this;
    const { prices } = this.window;
    queue.clear();
    for (let i = 0; i < lists.length; i++) lists[i]!.popInto(queue, prices[i]!);
    queue.sortBy(this.rows, WIDTH);
    for (let i = 0; i < queue.length; i++) this.advance(queue.at(i));
  }

  /** @param slot just taken out of the list in which it waited, for the price is there */
  private advance(slot: number): void {
    const { rows } = this;
    const { prices } = this.window;
    const row = slot * WIDTH;
    const before = rows[row + DONE]! | 0;
    // Dropped by one that was worked off before it.
    if (before === FREE) return;
    const plan = this.planOf(row);
    let done = before;
    let next: PlannedStep<State>;
    let key: number;
    do {
      const isHeard = this.isHeard[done]!;
      rows[row + DONE] = ++done;
      if (isHeard) this.parts.announce(slot, plan[done - 1]!.to);
      if (done === plan.length) {
        this.remove(slot, before < this.parts.plans.life.freshStates ? this.fresh : this.kept);
        return;
      }
      next = plan[done]!;
      key = this.keyOf(row, next);
    } while (!next.isLater && prices[next.list]! < key);
    this.lists[next.list]!.insert(key, slot);
    this.settle(slot, before, done);
  }

  /** Puts a zone that has moved where it now belongs. */
  private settle(slot: number, before: number, done: number): void {
    const { fresh, kept } = this;
    const { plans, keptLimit } = this.parts;
    const { freshStates } = plans.life;
    if (before >= freshStates || done < freshStates) return;
    fresh.remove(slot);
    kept.insert(slot);
    if (kept.length > keptLimit) this.drop(kept.first, kept);
  }

  private drop(slot: number, list: SlotList): void {
    if (this.isDropHeard) this.parts.announce(slot, 'dropped');
    const row = slot * WIDTH;
    const step = this.planOf(row)[this.rows[row + DONE]!]!;
    // One that waits to be worked off on this very candle is in no list any more.
    this.lists[step.list]!.remove(this.keyOf(row, step), slot);
    this.remove(slot, list);
  }

  private remove(slot: number, list: SlotList): void {
    list.remove(slot);
    this.rows[slot * WIDTH + DONE] = FREE;
    this.ids[slot] = '';
    this.stock.giveBack(slot);
  }

  private planOf(row: number): readonly PlannedStep<State>[] {
    return this.rows[row + IS_BULLISH] === 1 ? this.bullishPlan : this.bearishPlan;
  }

  /** What the price (or −price, where it must rise) has to be below. */
  private keyOf(row: number, { edge, sign, isInclusive }: PlannedStep<State>): number {
    const top = this.rows[row + TOP]!;
    const bottom = this.rows[row + BOTTOM]!;
    const key = sign * (edge === 'top' ? top : edge === 'bottom' ? bottom : (top + bottom) / 2);
    return isInclusive ? nextUp(key) : key;
  }

  private place(zone: NewZone, born: number, bornTime: UtcMs, done: number): number {
    const { rows } = this;
    const slot = this.stock.take();
    const row = slot * WIDTH;
    if (row === rows.length) rows.push(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    rows[row + BORN] = born;
    rows[row + BORN_TIME] = bornTime;
    rows[row + IS_BULLISH] = zone.direction === 'bullish' ? 1 : 0;
    rows[row + DONE] = done;
    rows[row + TOP] = zone.top;
    rows[row + BOTTOM] = zone.bottom;
    rows[row + AT] = zone.at;
    rows[row + AT_TIME] = zone.atTime;
    this.ids[slot] = '';
    const step = this.planOf(row)[done]!;
    this.lists[step.list]!.insert(this.keyOf(row, step), slot);
    return slot;
  }

  /** Columns, oldest first; times as their distance from the last candle, which is quick to write. */
  toColumns(slots: readonly number[] = this.live()): Record<string, unknown> {
    const now = this.window.openTime;
    return {
      isBullish: this.column(IS_BULLISH, slots),
      done: this.column(DONE, slots),
      top: this.column(TOP, slots),
      bottom: this.column(BOTTOM, slots),
      at: this.column(AT, slots),
      atAge: this.column(AT_TIME, slots).map((time) => now - time),
      born: this.column(BORN, slots),
      bornAge: this.column(BORN_TIME, slots).map((time) => now - time),
    };
  }

  private column(offset: number, slots: readonly number[]): number[] {
    return pick(this.rows, { width: WIDTH, offset }, slots);
  }

  /** @returns the slots of the restored zones, oldest first */
  restore(reader: SnapshotReader): number[] {
    const { plans, freshLimit, keptLimit } = this.parts;
    const { steps, freshStates } = plans.life;
    const length = reader.list('top').length;
    const limit = freshLimit + keptLimit;
    if (length > limit) reader.fail('top', `has more than ${limit} entries`);
    const columns = readColumns(reader, length, steps.length - 1);
    const slots: number[] = [];
    for (let i = 0; i < length; i++) {
      checkRow(reader, columns, i);
      const zone = zoneAt(columns, i, reader.present.openTime);
      const bornTime = reader.present.openTime - columns.bornAge[i]!;
      const slot = this.place(zone, columns.born[i]!, bornTime, columns.done[i]!);
      (columns.done[i]! < freshStates ? this.fresh : this.kept).insert(slot);
      slots.push(slot);
    }
    if (this.fresh.length > freshLimit) reader.fail('done', `has more than ${freshLimit} fresh zones`);
    if (this.kept.length > keptLimit) reader.fail('done', `has more than ${keptLimit} kept zones`);
    return slots;
  }
}
