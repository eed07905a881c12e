/** One symbol and interval: the joiner's state, the series it feeds, and what the series leaves in doubt. */
import {
  type Candle,
  type CandleColumns,
  type CandleSeries,
  countOpenTimes,
  findHoles,
  intervalMs,
  mergeColumns,
  rangeOfColumns,
  tailColumns,
  toCandles,
  type UtcMs,
} from '@slt/domain';
import { addDoubt, afterAsking, compareRows, type Doubt, dueDoubt, forgetDoubtsBefore } from './core/doubts';
import {
  type Ask,
  decide,
  initialJoin,
  type JoinAction,
  type JoinEvent,
  type JoinState,
  sameCandle,
} from './core/joiner';
import type { Pace } from './core/pace';

/** Recent candles that an audit compares with REST; fewer than 100 cost one weight. */
const AUDIT_CANDLES = 99;

/** What a lane tells its surroundings; all calls are synchronous. */
export interface LaneOutlets {
  pace(): Pace;
  closed(lane: CandleLane, candle: Candle): void;
  ask(lane: CandleLane, ask: Ask): void;
  revise(lane: CandleLane, doubt: Doubt): void;
  /** The whole series was replaced by these candles. */
  reloaded(lane: CandleLane, columns: CandleColumns): void;
  note(lane: CandleLane, fact: LaneFact): void;
}

export type LaneFact =
  | {
      readonly kind: 'repaired' | 'accepted' | 'appeared' | 'corrected';
      readonly from: UtcMs;
      readonly count: number;
    }
  | { readonly kind: 'duplicate' | 'disagreement' | 'rejected' | 'reload' };

export class CandleLane {
  private state: JoinState;
  private doubts: readonly Doubt[] = [];
  private revising: Doubt | undefined;
  private auditAt: UtcMs | undefined;
  /** Counts every change of the series; `persisted` is its value when the series was last written to disk. */
  changes = 0;
  persisted = 0;

  constructor(
    readonly series: CandleSeries,
    private readonly outlets: LaneOutlets,
  ) {
    this.state = initialJoin(intervalMs(series.interval));
  }

  get step(): number {
    return this.state.step;
  }

  /** Open time of the candle it waits for; undefined while history loads. */
  get next(): UtcMs | undefined {
    return this.state.next;
  }

  get isLive(): boolean {
    return this.state.next !== undefined;
  }

  get isRepairing(): boolean {
    return this.isLive && (this.state.waiting.length > 0 || this.state.asking !== undefined);
  }

  get knownHoles(): number {
    return this.doubts.filter((doubt) => doubt.reason === 'hole').length;
  }

  /**
   * Takes whole history and joins the stream to it.
   * @param begin open time of the first candle there can be, for history without any
   */
  load(columns: CandleColumns, begin: UtcMs, now: UtcMs): void {
    this.series.load(columns);
    this.persisted = ++this.changes; // history comes from the disk, or sees to it that it gets there
    this.doubts = [];
    this.auditAt = undefined;
    const last = this.series.lastOpenTime;
    if (last !== undefined) {
      const first = this.series.firstOpenTime!;
      for (const hole of findHoles(columns, this.series.interval, first, last)) this.doubt('hole', hole, now);
    }
    this.reloaded(columns);
    this.handle({ kind: 'loaded', next: last === undefined ? begin : last + this.step, now });
  }

  /** Shows what the cache has, while whole history is still being fetched. */
  show(columns: CandleColumns): void {
    if (this.isLive || columns.length === 0) return;
    this.series.load(columns);
    this.reloaded(columns);
  }

  frame(candle: Candle, now: UtcMs): void {
    this.handle({ kind: 'frame', candle, now });
  }

  interrupted(now: UtcMs): void {
    this.handle({ kind: 'interrupted', now });
  }

  tick(now: UtcMs): void {
    this.handle({ kind: 'tick', now });
    if (!this.isLive) return;
    this.scheduleAudit(now);
    const due = this.revising === undefined ? dueDoubt(this.doubts, now) : undefined;
    if (due === undefined) return;
    this.revising = due;
    this.outlets.revise(this, due);
  }

  answered(ask: Ask, columns: CandleColumns, now: UtcMs): void {
    this.handle({ kind: 'answer', ask, candles: toCandles(columns), now });
  }

  unanswered(ask: Ask, retryAfterMs: number, now: UtcMs): void {
    this.handle({ kind: 'no-answer', ask, retryAfterMs, now });
  }

  withdrawn(ask: Ask, now: UtcMs): void {
    this.handle({ kind: 'withdrawn', ask, now });
  }

  /** Whether what was asked for has still not come. */
  wants(ask: Ask): boolean {
    return this.state.asking === ask && this.next !== undefined && this.next <= ask.to;
  }

  isRevising(doubt: Doubt): boolean {
    return this.isLive && this.revising === doubt;
  }

  /**
   * REST's word on what was in doubt. Rows the series lacks, or holds with other values, are taken over.
   * @param columns undefined when REST gave no answer
   * @returns the rows taken over
   */
  revised(doubt: Doubt, columns: CandleColumns | undefined, now: UtcMs): CandleColumns | undefined {
    if (this.revising !== doubt) return undefined;
    this.revising = undefined;
    const answer = columns && {
      rows: columns.length,
      count: countOpenTimes(doubt.from, doubt.to, this.series.interval),
    };
    this.doubts = afterAsking(this.doubts, doubt, answer, now, this.outlets.pace().doubt);
    if (columns === undefined || !this.isLive) return undefined;
    // The oldest candles in question may have left the ring while REST was asked.
    const from = Math.max(doubt.from, this.series.firstOpenTime ?? Infinity);
    const rows = rangeOfColumns(columns, from, doubt.to);
    if (doubt.reason === 'audit') return this.audited(rows, now);
    return this.takeOver(doubt, rows) ? rows : undefined;
  }

  /** What a longer candle was made of has changed. */
  dispute(openTime: UtcMs, now: UtcMs): void {
    this.doubt('disagreement', { from: openTime, to: openTime }, now);
  }

  /** What an audit finds is asked for once more before it is believed. */
  private audited(rows: CandleColumns, now: UtcMs): undefined {
    const { absent, different, odd } = compareRows(this.series.toColumns(), rows);
    if (absent + different === 0) return;
    this.outlets.note(this, { kind: 'disagreement' });
    this.doubt('disagreement', { from: odd[0]!, to: odd.at(-1)! }, now);
  }

  private takeOver(doubt: Doubt, columns: CandleColumns): boolean {
    const held = this.series.toColumns();
    const { absent, different } = compareRows(held, columns);
    if (absent + different === 0) return false;
    const merged = mergeColumns(held, columns);
    this.series.load(merged);
    this.changes++;
    this.doubts = forgetDoubtsBefore(this.doubts, this.series.firstOpenTime!);
    if (absent > 0) this.outlets.note(this, { kind: 'appeared', from: doubt.from, count: absent });
    if (different > 0) this.outlets.note(this, { kind: 'corrected', from: doubt.from, count: different });
    this.reloaded(merged);
    return true;
  }

  /** Says what the series now holds, without a copy. */
  private reloaded(columns: CandleColumns): void {
    this.outlets.reloaded(this, tailColumns(columns, this.series.capacity));
  }

  private scheduleAudit(now: UtcMs): void {
    const every = this.outlets.pace().auditEveryMs;
    // The first one comes at a moment of the symbol's own, so that the universe is not audited in one burst.
    this.auditAt ??= now + every * (0.5 + spread(this.series.symbol));
    const last = this.series.lastOpenTime;
    if (now < this.auditAt || last === undefined) return;
    this.auditAt = now + every;
    const from = Math.max(this.series.firstOpenTime!, last - (AUDIT_CANDLES - 1) * this.step);
    this.doubt('audit', { from, to: last }, now);
  }

  private doubt(reason: Doubt['reason'], range: { from: UtcMs; to: UtcMs }, now: UtcMs): void {
    const { from, to } = range;
    const oldest = this.series.firstOpenTime ?? from;
    const kept = forgetDoubtsBefore(this.doubts, oldest);
    this.doubts = addDoubt(kept, { reason, from, to }, now, this.outlets.pace().doubt);
  }

  private handle(event: JoinEvent): void {
    const { state, actions } = decide(this.state, event, this.outlets.pace().join);
    this.state = state;
    for (const action of actions) this.execute(action, event);
  }

  private execute(action: JoinAction, event: JoinEvent): void {
    const now = 'now' in event ? event.now : 0;
    switch (action.kind) {
      case 'deliver':
        return this.deliver(action, now);
      case 'ask':
        return this.outlets.ask(this, action.ask);
      case 'repaired':
        return this.outlets.note(this, { kind: 'repaired', from: action.from, count: action.count });
      case 'duplicate':
        return this.compare(action, now);
      case 'reject':
        return this.outlets.note(this, { kind: 'rejected' });
      case 'reload':
        return this.outlets.note(this, { kind: 'reload' });
    }
  }

  private deliver({ candle, skipped }: Extract<JoinAction, { kind: 'deliver' }>, now: UtcMs): void {
    if (skipped !== undefined && this.series.length > 0) {
      this.doubt('hole', skipped, now);
      this.outlets.note(this, { kind: 'accepted', from: skipped.from, count: skipped.count });
    }
    if (this.series.append(candle, { acceptHole: skipped !== undefined }) !== 'appended')
      return this.startOver();
    this.changes++;
    this.outlets.closed(this, candle);
  }

  /** The series and the joiner disagree on what comes next, which cannot be: trust neither, load history anew. */
  private startOver(): void {
    this.handle({ kind: 'unloaded' });
    this.outlets.note(this, { kind: 'reload' });
  }

  /** The first accepted stays; where a repeat tells another story, REST is asked for the last word. */
  private compare({ candle, kept }: Extract<JoinAction, { kind: 'duplicate' }>, now: UtcMs): void {
    this.outlets.note(this, { kind: 'duplicate' });
    const held = kept ?? find(this.series, candle.openTime);
    if (held === undefined || sameCandle(held, candle)) return;
    this.outlets.note(this, { kind: 'disagreement' });
    this.doubt('disagreement', { from: candle.openTime, to: candle.openTime }, now);
  }
}

/** The series' candle of that open time. O(log n). */
export function find(series: CandleSeries, openTime: UtcMs): Candle | undefined {
  let low = 0;
  let high = series.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const candle = series.at(middle);
    if (candle.openTime === openTime) return candle;
    if (candle.openTime < openTime) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** A number in [0, 1) of the text's own (FNV-1a). */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
