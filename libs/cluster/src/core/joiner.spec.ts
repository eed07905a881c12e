import fc from 'fast-check';
import type { Candle } from '@slt/domain';
import {
  decide,
  initialJoin,
  type JoinAction,
  type JoinEvent,
  type JoinPolicy,
  type JoinState,
  sameCandle,
} from './joiner';

const STEP = 60_000;
const T0 = 1_700_000_040_000 - (1_700_000_040_000 % STEP);
const POLICY: JoinPolicy = {
  graceMs: 2_000,
  retryMinMs: 2_000,
  retryMaxMs: 60_000,
  holeAsks: 3,
  holeSpanMs: 10_000,
  maxWaiting: 8,
  aheadMs: 120_000,
  maxHole: 1_000,
};

const at = (i: number): number => T0 + i * STEP;
const candle = (i: number, close = 100 + i): Candle => ({
  openTime: at(i),
  open: 100,
  high: 1_000,
  low: 1,
  close,
  volume: i,
});

/** Feeds events, collects what went out. */
class Run {
  state: JoinState = initialJoin(STEP);
  actions: JoinAction[] = [];

  send(...events: JoinEvent[]): this {
    for (const event of events) {
      const decision = decide(this.state, event, POLICY);
      this.state = decision.state;
      this.actions.push(...decision.actions);
    }
    return this;
  }

  delivered(): number[] {
    return this.actions.flatMap((a) => (a.kind === 'deliver' ? [(a.candle.openTime - T0) / STEP] : []));
  }

  of<K extends JoinAction['kind']>(kind: K): Extract<JoinAction, { kind: K }>[] {
    return this.actions.filter((a): a is Extract<JoinAction, { kind: K }> => a.kind === kind);
  }
}

const frame = (i: number, close?: number): JoinEvent => ({
  kind: 'frame',
  candle: candle(i, close),
  now: at(i + 1) + 100,
});
const loaded = (next: number): JoinEvent => ({ kind: 'loaded', next: at(next), now: at(next) });
const tick = (now: number): JoinEvent => ({ kind: 'tick', now });

describe('joiner', () => {
  it('keeps frames while history loads, then joins without hole or double', () => {
    const run = new Run().send(frame(3), frame(4), frame(5), loaded(4));
    expect(run.delivered()).toEqual([4, 5]);
    expect(run.of('duplicate')).toHaveLength(1); // candle 3 is in the history
    expect(run.of('ask')).toHaveLength(0);
  });

  it('asks at once for what is missing between history and the first frame', () => {
    const run = new Run().send(frame(6), loaded(4));
    expect(run.delivered()).toEqual([]);
    expect(run.of('ask')[0]!.ask).toEqual({ from: at(4), to: at(5) });
    run.send({ kind: 'answer', ask: run.state.asking!, candles: [candle(4), candle(5)], now: at(7) });
    expect(run.delivered()).toEqual([4, 5, 6]);
    expect(run.of('repaired')).toEqual([{ kind: 'repaired', from: at(4), count: 2 }]);
  });

  it('lets nothing pass a hole before it is filled, and asks for several holes at once', () => {
    const run = new Run().send(loaded(0), frame(0), frame(2), frame(4), frame(5));
    expect(run.delivered()).toEqual([0]);
    expect(run.of('ask')).toHaveLength(1);
    expect(run.state.asking).toEqual({ from: at(1), to: at(1) });
    run.send({ kind: 'answer', ask: run.state.asking!, candles: [candle(1)], now: at(6) });
    expect(run.delivered()).toEqual([0, 1, 2]);
    expect(run.state.asking).toEqual({ from: at(3), to: at(3) });
  });

  it('fetches a closing frame that stays away once its grace is over, not before', () => {
    const run = new Run().send(loaded(0), tick(at(1) + 1_999));
    expect(run.of('ask')).toHaveLength(0);
    run.send(tick(at(1) + 2_000));
    expect(run.state.asking).toEqual({ from: at(0), to: at(0) });
  });

  it('never asks for a candle that has not closed', () => {
    const run = new Run().send(loaded(0), tick(at(0) + 30_000), { kind: 'interrupted', now: at(0) + 59_999 });
    expect(run.of('ask')).toHaveLength(0);
  });

  it('drops duplicates and tells what it kept', () => {
    const run = new Run().send(loaded(0), frame(0), frame(0), frame(2), frame(2, 77));
    expect(run.delivered()).toEqual([0]);
    expect(run.of('duplicate').map((d) => d.kept?.close)).toEqual([undefined, 102]);
  });

  it('rejects candles off the grid and candles that cannot have closed', () => {
    const odd: Candle = { ...candle(0), openTime: at(0) + 1 };
    const run = new Run().send(loaded(0), { kind: 'frame', candle: odd, now: at(5) });
    run.send({ kind: 'frame', candle: candle(9), now: at(5) });
    expect(run.of('reject')).toHaveLength(2);
    expect(run.state.waiting).toEqual([]);
  });

  it('backs off when REST fails, and no earlier than REST allows', () => {
    const run = new Run().send(loaded(0), frame(2));
    const now = at(3);
    run.send({ kind: 'no-answer', ask: run.state.asking!, retryAfterMs: 30_000, now });
    run.send(tick(now + 29_999));
    expect(run.state.asking).toBeUndefined();
    run.send(tick(now + 30_000));
    expect(run.state.asking).toEqual({ from: at(0), to: at(2) - STEP });
  });

  it('asks again at once after a reconnect', () => {
    const run = new Run().send(loaded(0), frame(2));
    run.send({ kind: 'no-answer', ask: run.state.asking!, retryAfterMs: 3_600_000, now: at(3) });
    run.send({ kind: 'interrupted', now: at(3) + 5 });
    expect(run.state.asking).toBeDefined();
  });

  it('takes a hole as the exchange’s own only after several answers over some time, and only below a later candle', () => {
    const run = new Run().send(loaded(0), tick(at(1) + 5_000));
    let now = at(1) + 5_000;
    for (let i = 0; i < 20; i++, now += 60_000) {
      if (run.state.asking) run.send({ kind: 'answer', ask: run.state.asking, candles: [], now });
      run.send(tick(now + 59_000));
    }
    expect(run.delivered()).toEqual([]); // nothing later is known: wait
    run.send({ kind: 'frame', candle: candle(30), now: at(31) });
    for (let i = 0; i < 6; i++) {
      const later = at(32) + i * 61_000;
      run.send(tick(later));
      if (run.state.asking) run.send({ kind: 'answer', ask: run.state.asking, candles: [], now: later });
    }
    expect(run.delivered()[0]).toBe(30);
    expect(run.of('deliver')[0]!.skipped).toEqual({ from: at(0), to: at(29), count: 30 });
  });

  it('ignores an answer to a question it no longer asks', () => {
    const run = new Run().send(loaded(0), frame(2));
    const stale = run.state.asking!;
    run.send({ kind: 'unloaded' }, loaded(1), {
      kind: 'answer',
      ask: stale,
      candles: [candle(0)],
      now: at(3),
    });
    expect(run.delivered()).toEqual([]);
  });

  it('has history loaded anew when it is too far behind', () => {
    const run = new Run().send(loaded(0), { kind: 'frame', candle: candle(1_001), now: at(1_002) });
    expect(run.of('reload')).toHaveLength(1);
    run.send(loaded(1_001));
    expect(run.delivered()).toEqual([1_001]);
  });

  it('keeps no more waiting than allowed and still ends whole', () => {
    const run = new Run().send(loaded(0));
    for (let i = 1; i < 30; i++) run.send(frame(i));
    expect(run.state.waiting.length).toBeLessThanOrEqual(POLICY.maxWaiting);
    for (let i = 0; i < 3 && run.state.asking; i++) {
      const { from, to } = run.state.asking;
      const rows = Array.from({ length: 30 }, (_, k) => candle(k)).filter(
        (c) => c.openTime >= from && c.openTime <= to,
      );
      run.send({ kind: 'answer', ask: run.state.asking, candles: rows, now: at(31) });
    }
    expect(run.delivered()).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });
});

/** One closing frame's fate: how often it comes, and how late each time. */
const fate = fc.record({
  delays: fc.array(fc.integer({ min: 0, max: 4 * STEP }), { maxLength: 3 }),
  changed: fc.boolean(),
});

const world = fc.record({
  fates: fc.array(fate, { minLength: 1, maxLength: 40 }),
  historyUntil: fc.nat(20),
  historyAt: fc.integer({ min: 0, max: 10 * STEP }),
  /** What becomes of the n-th REST request: fails, takes this long, and how late REST knows a candle. */
  rest: fc.array(
    fc.record({ fails: fc.boolean(), takes: fc.integer({ min: 1, max: 90_000 }), late: fc.nat(20_000) }),
    {
      maxLength: 30,
    },
  ),
  interruptions: fc.array(fc.nat(40 * STEP), { maxLength: 4 }),
  reloads: fc.array(fc.nat(40 * STEP), { maxLength: 2 }),
  maxWaiting: fc.constantFrom(3, 100),
  absent: fc.array(fc.integer({ min: 1, max: 38 }), { maxLength: 3 }),
});

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** Plays a world on an event queue in exchange time; returns what was delivered downstream, in order. */
function play(w: World): { delivered: Candle[]; truth: Candle[]; next: number } {
  const count = w.fates.length;
  const missing = new Set(w.absent.filter((i) => i < count - 1));
  const truth = w.fates.flatMap((_, i) => (missing.has(i) ? [] : [candle(i)]));
  const queue: { at: number; event: () => JoinEvent | undefined }[] = [];
  const until = Math.min(w.historyUntil, count);
  let state = initialJoin(STEP);
  let asks = 0;
  let now = T0;
  const delivered: Candle[] = [];
  const push = (when: number, event: () => JoinEvent | undefined): void => {
    let i = queue.length;
    while (i > 0 && queue[i - 1]!.at < when) i--;
    queue.splice(i, 0, { at: when, event }); // latest first
  };

  w.fates.forEach(({ delays, changed }, i) => {
    if (missing.has(i)) return;
    const inOrder = [...delays].sort((a, b) => a - b);
    inOrder.forEach((delay, n) => {
      // Only repeats tell another story: the first accepted stays. A first one that was dropped proves nothing.
      const given = candle(i, changed && n > 0 && w.maxWaiting > 40 ? 555 : undefined);
      push(at(i + 1) + delay, () => ({ kind: 'frame', candle: given, now }));
    });
  });
  const load = (when: number): void =>
    push(when, () => {
      if (state.next !== undefined) return undefined;
      const closed = Math.floor((now - T0) / STEP);
      const lastDelivered = delivered.at(-1);
      const next = lastDelivered ? lastDelivered.openTime + STEP : at(Math.min(until, Math.max(0, closed)));
      return { kind: 'loaded', next, now };
    });
  load(at(until) + w.historyAt);
  for (const when of w.interruptions) push(T0 + when, () => ({ kind: 'interrupted', now }));
  for (const when of w.reloads) {
    push(T0 + when, () => {
      if (state.next === undefined) return undefined;
      load(now + 5_000);
      return { kind: 'unloaded' };
    });
  }
  const end = at(count) + 200 * STEP;
  const ticking = (): JoinEvent => {
    if (now < end) push(now + 10_000, ticking);
    return { kind: 'tick', now };
  };
  push(T0, ticking);

  while (queue.length > 0) {
    const item = queue.pop()!;
    now = item.at;
    const event = item.event();
    if (event === undefined) continue;
    const decision = decide(state, event, { ...POLICY, maxWaiting: w.maxWaiting });
    state = decision.state;
    for (const action of decision.actions) {
      if (action.kind === 'deliver') delivered.push(action.candle);
      if (action.kind === 'reload') throw new Error('no hole here is that long');
      if (action.kind !== 'ask') continue;
      expect(action.ask.to + STEP).toBeLessThanOrEqual(now); // never a forming candle
      const fortune = w.rest[asks++] ?? { fails: false, takes: 50, late: 0 };
      const asked = action.ask;
      push(now + fortune.takes, () => {
        if (fortune.fails) return { kind: 'no-answer', ask: asked, retryAfterMs: 0, now };
        const candles = truth.filter(
          (c) =>
            c.openTime >= asked.from && c.openTime <= asked.to && c.openTime + STEP + fortune.late <= now,
        );
        return { kind: 'answer', ask: asked, candles, now };
      });
    }
  }
  const begin = delivered[0]?.openTime ?? Infinity;
  return {
    delivered,
    truth: truth.filter((c) => c.openTime >= Math.min(begin, at(until))),
    next: state.next ?? -1,
  };
}

describe('joiner, whatever happens', () => {
  it('delivers the truth: in order, each once, none forming', () => {
    fc.assert(
      fc.property(world, (w) => {
        const { delivered, truth } = play(w);
        // The newest candles can be the exchange's own holes; what REST or stream ever had must all be there.
        expect(delivered.map((c) => c.openTime)).toEqual(truth.map((c) => c.openTime));
        expect(delivered.every((c, i) => sameCandle(c, truth[i]!))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
