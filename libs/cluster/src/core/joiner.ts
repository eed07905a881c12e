/**
 * Joins history, stream and REST of one symbol and interval into one sequence of closed candles: in order, each
 * exactly once, nothing delivered beyond a hole until the hole is filled or known to be the exchange's own.
 * Pure: events in, actions out; all instants and durations are exchange time.
 */
import type { Candle, DurationMs, Hole, UtcMs } from '@slt/domain';
import { candleBefore, insertCandles, newestMissing } from './waiting';

export interface JoinPolicy {
  /** How long after its close a candle may stay away before REST is asked. */
  readonly graceMs: DurationMs;
  readonly retryMinMs: DurationMs;
  readonly retryMaxMs: DurationMs;
  /** A hole is taken as the exchange's own after this many answers without it … */
  readonly holeAsks: number;
  /** … over at least this long, and only while a later candle is there. */
  readonly holeSpanMs: DurationMs;
  /** Candles kept waiting behind a hole; the oldest give way, and are fetched again with the hole. */
  readonly maxWaiting: number;
  /** How far ahead of our clock a candle may close: clocks differ, but not by more than this. */
  readonly aheadMs: DurationMs;
  /** A hole of more candles is not filled one by one: history is loaded anew. */
  readonly maxHole: number;
}

/** Open times, both inclusive. */
export interface Ask {
  readonly from: UtcMs;
  readonly to: UtcMs;
}

export interface JoinState {
  readonly step: DurationMs;
  /** Open time of the candle to deliver next; undefined while history loads. */
  readonly next: UtcMs | undefined;
  /** Closed candles after `next`, ascending, each once. While history loads: all that came. */
  readonly waiting: readonly Candle[];
  /** The REST request under way. */
  readonly asking: Ask | undefined;
  /** Answers in a row that did not hold `next`, and when the first of them came. */
  readonly misses: number;
  readonly missingSince: UtcMs;
  /** Requests in a row without an answer. */
  readonly failures: number;
  readonly askAt: UtcMs;
}

export type JoinEvent =
  /** History is in the series; `next` is the first open time it does not hold. */
  | { readonly kind: 'loaded'; readonly next: UtcMs; readonly now: UtcMs }
  /** The series is to be loaded anew; frames wait from now on. */
  | { readonly kind: 'unloaded' }
  | { readonly kind: 'frame'; readonly candle: Candle; readonly now: UtcMs }
  | { readonly kind: 'answer'; readonly ask: Ask; readonly candles: readonly Candle[]; readonly now: UtcMs }
  | { readonly kind: 'no-answer'; readonly ask: Ask; readonly retryAfterMs: DurationMs; readonly now: UtcMs }
  /** The request was not sent: the stream had filled the hole by then. */
  | { readonly kind: 'withdrawn'; readonly ask: Ask; readonly now: UtcMs }
  /** The stream was replaced; frames may have been lost, and REST is worth asking again at once. */
  | { readonly kind: 'interrupted'; readonly now: UtcMs }
  | { readonly kind: 'tick'; readonly now: UtcMs };

export type JoinAction =
  | { readonly kind: 'deliver'; readonly candle: Candle; readonly skipped?: Hole }
  | { readonly kind: 'ask'; readonly ask: Ask }
  /** The series is too far behind; load history, then send `loaded`. */
  | { readonly kind: 'reload' }
  /** A candle that was delivered, or waits, already: not taken. */
  | { readonly kind: 'duplicate'; readonly candle: Candle; readonly kept?: Candle }
  /** Not a candle of this interval, or one that cannot have closed yet. */
  | { readonly kind: 'reject'; readonly candle: Candle }
  | { readonly kind: 'repaired'; readonly from: UtcMs; readonly count: number };

export interface Decision {
  readonly state: JoinState;
  readonly actions: readonly JoinAction[];
}

export function initialJoin(step: DurationMs): JoinState {
  return {
    step,
    next: undefined,
    waiting: [],
    asking: undefined,
    misses: 0,
    missingSince: 0,
    failures: 0,
    askAt: 0,
  };
}

export function decide(state: JoinState, event: JoinEvent, policy: JoinPolicy): Decision {
  switch (event.kind) {
    case 'frame':
      return onFrame(state, event, policy);
    case 'tick':
      return ask(state, [], event.now, policy);
    case 'interrupted':
      return ask({ ...state, askAt: event.now, failures: 0 }, [], event.now, policy);
    case 'loaded':
      return onLoaded(state, event, policy);
    case 'unloaded':
      return { state: { ...initialJoin(state.step), waiting: state.waiting }, actions: [] };
    case 'answer':
      return onAnswer(state, event, policy);
    case 'no-answer':
      return onNoAnswer(state, event, policy);
    case 'withdrawn':
      if (event.ask !== state.asking) return { state, actions: [] };
      return ask({ ...state, asking: undefined }, [], event.now, policy);
  }
}

type EventOf<K extends JoinEvent['kind']> = Extract<JoinEvent, { kind: K }>;

function onFrame(state: JoinState, event: EventOf<'frame'>, policy: JoinPolicy): Decision {
  const { candle, now } = event;
  if (candle.openTime === state.next && state.waiting.length === 0) {
    return { state: advanced(state, candle.openTime + state.step), actions: [{ kind: 'deliver', candle }] };
  }
  const closesAt = candle.openTime + state.step;
  if (candle.openTime % state.step !== 0 || closesAt > now + policy.aheadMs) {
    return { state, actions: [{ kind: 'reject', candle }] };
  }
  if (state.next !== undefined && candle.openTime < state.next) {
    return { state, actions: [{ kind: 'duplicate', candle }] };
  }
  const { waiting, duplicates } = insertCandles(state.waiting, [candle]);
  const actions: JoinAction[] = duplicates.map(([given, kept]) => ({
    kind: 'duplicate',
    candle: given,
    kept,
  }));
  return ask(bounded(drain({ ...state, waiting }, actions), policy), actions, now, policy);
}

function onLoaded(state: JoinState, event: EventOf<'loaded'>, policy: JoinPolicy): Decision {
  const actions: JoinAction[] = [];
  for (const candle of state.waiting) {
    if (candle.openTime < event.next) actions.push({ kind: 'duplicate', candle });
  }
  const waiting = state.waiting.filter((candle) => candle.openTime >= event.next);
  const loaded = { ...initialJoin(state.step), next: event.next, waiting };
  return ask(drain(loaded, actions), actions, event.now, policy);
}

function onAnswer(state: JoinState, event: EventOf<'answer'>, policy: JoinPolicy): Decision {
  if (event.ask !== state.asking || state.next === undefined) return { state, actions: [] };
  const { next, step } = state;
  const fresh = event.candles.filter((candle) => candle.openTime >= next && candle.openTime % step === 0);
  const { waiting, duplicates } = insertCandles(state.waiting, fresh);
  const actions: JoinAction[] = [];
  for (const [given, kept] of duplicates) {
    if (!sameCandle(given, kept)) actions.push({ kind: 'duplicate', candle: given, kept });
  }
  const settled = { ...state, waiting, asking: undefined, failures: 0 };
  const filled = waiting[0]?.openTime === next;
  const drained = drain(settled, actions);
  if (filled) actions.push({ kind: 'repaired', from: next, count: fresh.length - duplicates.length });
  return ask(missed(drained, event, policy, actions), actions, event.now, policy);
}

/** Books an answer without the candle wanted next, and passes over the hole once it counts as the exchange's own. */
function missed(
  state: JoinState,
  event: EventOf<'answer'>,
  policy: JoinPolicy,
  actions: JoinAction[],
): JoinState {
  const { ask: asked, now } = event;
  const next = state.next!;
  if (asked.to < next) return { ...state, askAt: now };
  const misses = state.misses + 1;
  const missingSince = state.misses === 0 ? now : state.missingSince;
  const first = state.waiting[0];
  // Only an answer about all of the hole counts, and one from when the hole had closed by our clock, too.
  const covered =
    first !== undefined && asked.to >= first.openTime - state.step && first.openTime + policy.graceMs <= now;
  if (covered && misses >= policy.holeAsks && now - missingSince >= policy.holeSpanMs) {
    const to = first.openTime - state.step;
    const skipped = { from: next, to, count: Math.round((to - next) / state.step) + 1 };
    actions.push({ kind: 'deliver', candle: first, skipped });
    const rest = { ...state, waiting: state.waiting.slice(1) };
    return drain(advanced(rest, first.openTime + state.step), actions);
  }
  return { ...state, misses, missingSince, askAt: now + backOff(misses, policy) };
}

function onNoAnswer(state: JoinState, event: EventOf<'no-answer'>, policy: JoinPolicy): Decision {
  if (event.ask !== state.asking) return { state, actions: [] };
  const failures = state.failures + 1;
  const askAt = event.now + Math.max(event.retryAfterMs, backOff(failures, policy));
  return { state: { ...state, asking: undefined, failures, askAt }, actions: [] };
}

/** Asks REST for what is missing, if that is due. */
function ask(state: JoinState, actions: JoinAction[], now: UtcMs, policy: JoinPolicy): Decision {
  if (state.next === undefined || state.asking !== undefined || now < state.askAt) return { state, actions };
  const to = missingUntil(state, now, policy);
  if (to === undefined || to < state.next) return { state, actions };
  if ((to - state.next) / state.step + 1 > policy.maxHole) {
    actions.push({ kind: 'reload' });
    return { state: { ...initialJoin(state.step), waiting: state.waiting }, actions };
  }
  const asking = { from: state.next, to };
  actions.push({ kind: 'ask', ask: asking });
  return { state: { ...state, asking }, actions };
}

/** The newest open time that is missing for certain: below a candle that waits, or closed and past its grace. */
function missingUntil(state: JoinState, now: UtcMs, policy: JoinPolicy): UtcMs | undefined {
  const { next, step, waiting } = state;
  const gap = next === undefined ? undefined : newestMissing(waiting, next, step);
  const overdue = candleBefore(now - policy.graceMs, step);
  const newest = waiting.at(-1)?.openTime ?? -Infinity;
  return overdue > newest ? overdue : gap;
}

function drain(state: JoinState, actions: JoinAction[]): JoinState {
  let { next } = state;
  let taken = 0;
  for (const candle of state.waiting) {
    if (candle.openTime !== next) break;
    actions.push({ kind: 'deliver', candle });
    next += state.step;
    taken++;
  }
  if (taken === 0 || next === undefined) return state;
  return advanced({ ...state, waiting: state.waiting.slice(taken) }, next);
}

function bounded(state: JoinState, policy: JoinPolicy): JoinState {
  if (state.waiting.length <= policy.maxWaiting) return state;
  return { ...state, waiting: state.waiting.slice(-policy.maxWaiting) };
}

function advanced(state: JoinState, next: UtcMs): JoinState {
  return {
    step: state.step,
    next,
    waiting: state.waiting,
    asking: state.asking,
    misses: 0,
    missingSince: 0,
    failures: state.failures,
    askAt: state.failures === 0 ? 0 : state.askAt,
  };
}

function backOff(times: number, policy: JoinPolicy): DurationMs {
  return Math.min(policy.retryMaxMs, policy.retryMinMs * 2 ** Math.min(times - 1, 20));
}

export function sameCandle(a: Candle, b: Candle): boolean {
  return (
    a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume
  );
}
