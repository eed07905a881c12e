import { type Candle, columnsOf, HOUR_MS } from '@slt/domain';
import { candlesOf, eventsOf, flatBars, QUIET_START, randomOf, walk } from './spec-candles';
import { SmcEngine } from './smc-engine';
import type { SmcEvent } from './smc-event';

/** Small enough for every kind of event to come within a few hundred candles. */
const SMALL = { swingSize: 6, internalSize: 2, equalSize: 1, atrLength: 10, equalThreshold: 0.5 };

describe('the engine', () => {
  it('says nothing, with the same frozen list, of candles that mean nothing', () => {
    const engine = new SmcEngine();
    const answers = candlesOf(flatBars(100, 10)).map((candle) => engine.step(candle));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toEqual([]);
    expect(Object.isFrozen(answers[0])).toBe(true);
  });

  it('takes no notice of what the caller does to its answers', () => {
    const candles = walk(3, 400);
    const engine = new SmcEngine(SMALL);
    const spoilt = candles.flatMap((candle) => {
      const events = engine.step(candle);
      const copy = structuredClone(events);
      for (const event of events)
        Object.assign(event, { level: NaN, top: NaN, at: -1, direction: 'up', id: '' });
      return copy;
    });
    expect(spoilt).toEqual(eventsOf(candles, SMALL));
  });

  it('counts candles, not minutes: a hole is just the next candle', () => {
    const candles = walk(4, 300);
    const dense = candles.map((candle, i) => ({ ...candle, openTime: QUIET_START + i * 1_000 }));
    const withoutTimes = (series: readonly Candle[]): unknown[] =>
      eventsOf(series, SMALL)
        .filter(({ kind }) => kind !== 'session' && kind !== 'period-level' && kind !== 'liquidity')
        .map(({ atTime: _at, knownAtTime: _known, ...event }) => ({ ...event, id: '', previousAtTime: 0 }));
    expect(withoutTimes(candles)).toEqual(withoutTimes(dense));
    expect(withoutTimes(candles).length).toBeGreaterThan(200);
  });

  it('takes a history as it takes candles one by one', () => {
    for (const seed of [5, 6, 7]) {
      const candles = walk(seed, 700);
      const random = randomOf(seed);
      const whole: SmcEvent[] = [];
      const warm = new SmcEngine(SMALL);
      warm.warmUp(columnsOf(candles), (event) => whole.push(event));
      expect(whole).toEqual(eventsOf(candles, SMALL));

      const parts: SmcEvent[] = [];
      const chunked = new SmcEngine(SMALL);
      const silent = new SmcEngine(SMALL);
      for (let from = 0; from < candles.length;) {
        const to = from + 1 + Math.floor(random() * 60);
        chunked.warmUp(columnsOf(candles.slice(from, to)), (event) => parts.push(event));
        silent.warmUp(columnsOf(candles.slice(from, to)));
        from = to;
      }
      expect(parts).toEqual(whole);
      expect(chunked.snapshot()).toEqual(warm.snapshot());
      expect(silent.snapshot()).toEqual(warm.snapshot());
    }
  });

  it('speaks again after a silent history', () => {
    const candles = walk(8, 500);
    const engine = new SmcEngine(SMALL);
    engine.warmUp(columnsOf(candles.slice(0, 400)));
    const live = candles.slice(400).flatMap((candle) => engine.step(candle));
    expect(live).toEqual(eventsOf(candles, SMALL).filter(({ knownAt }) => knownAt >= 400));
  });

  it('has told all of a candle when a listener throws, and goes on with the next', () => {
    const candles = walk(9, 200);
    const engine = new SmcEngine(SMALL);
    const failing = (): never => {
      throw new Error('full');
    };
    expect(() => engine.warmUp(columnsOf(candles), failing)).toThrow('full');
    const taken = engine.view().candles;
    expect(taken).toBeLessThan(200);
    const rest = candles.slice(taken).flatMap((candle) => engine.step(candle));
    expect(rest).toEqual(eventsOf(candles, SMALL).filter(({ knownAt }) => knownAt >= taken));
  });
});

describe('the order of events within one candle', () => {
  /** Where an event stands in the order of work. */
  function rank(event: SmcEvent): number {
    switch (event.kind) {
      case 'pivot':
        return event.scale === 'swing' ? 1 : 2;
      case 'equal-level':
        return 3;
      case 'bos':
      case 'choch':
        return event.scale === 'internal' ? 4 : 6;
      case 'order-block':
        if (event.state === 'active') return event.scale === 'internal' ? 5 : 7;
        return event.scale === 'internal' ? 8 : 9;
      case 'fair-value-gap':
        return event.state === 'open' ? 11 : 10;
      case 'liquidity':
        return rankOfPool(event);
      case 'period-level':
        return 14 + ['day', 'week', 'month'].indexOf(event.period);
      case 'session':
        return 17;
    }
  }

  function rankOfPool({ state, source }: Extract<SmcEvent, { kind: 'liquidity' }>): number {
    if (state !== 'active') return 12;
    if (source === 'swing' || source === 'equal') return 13;
    return source === 'day' ? 14 : source === 'week' ? 15 : source === 'month' ? 16 : 17;
  }

  it('is that of the work', () => {
    // No limit is reached, so that no `dropped` comes out of its turn.
    const hourly = { intervalMs: HOUR_MS, poolLimit: 10_000 };
    const events = [11, 12].flatMap((seed) => eventsOf(walk(seed, 2_000, hourly), { ...SMALL, ...hourly }));
    for (let i = 1; i < events.length; i++) {
      if (events[i]!.knownAt !== events[i - 1]!.knownAt) continue;
      expect(rank(events[i]!)).toBeGreaterThanOrEqual(rank(events[i - 1]!));
    }
    expect([...new Set(events.map(rank))].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 17 }, (_, i) => i + 1),
    );
  });

  it('puts the older zone first', () => {
    const events = eventsOf(walk(15, 1_500), SMALL);
    const born = new Map<string, number>();
    let last: SmcEvent | undefined;
    for (const event of events) {
      if (event.kind !== 'order-block' && event.kind !== 'fair-value-gap') continue;
      if (!born.has(event.id)) born.set(event.id, event.knownAt);
      else if (last !== undefined && rank(last) === rank(event) && last.knownAt === event.knownAt) {
        expect(born.get(event.id)!).toBeGreaterThanOrEqual(born.get((last as typeof event).id)!);
      }
      last = event;
    }
    expect(born.size).toBeGreaterThan(200);
  });
});

describe('the log of the engine', () => {
  const NEXT: Readonly<Record<string, readonly string[]>> = {
    active: ['touched', 'dropped', 'swept', 'run'],
    touched: ['mitigated', 'half', 'dropped'],
    mitigated: ['breaker', 'dropped'],
    breaker: ['spent', 'dropped'],
    open: ['touched', 'dropped'],
    half: ['filled', 'dropped'],
    filled: ['inverse', 'dropped'],
  };

  it('takes each zone from state to state, and its limits hold', () => {
    const limits = { blockLimit: 3, breakerLimit: 4, gapLimit: 5, poolLimit: 3 };
    const engine = new SmcEngine({ ...SMALL, ...limits });
    const live = new Map<string, SmcEvent & { id: string; state: string }>();
    const seen = new Set<string>();
    for (const candle of walk(16, 1_500)) {
      for (const event of engine.step(candle)) {
        if (!('id' in event) || !('state' in event)) continue;
        const before = live.get(event.id);
        if (before === undefined) expect(['active', 'open']).toContain(event.state);
        else expect(NEXT[before.state]).toContain(event.state);
        expect(before === undefined && seen.has(event.id)).toBe(false);
        seen.add(event.id);
        live.set(event.id, event);
        if (NEXT[event.state] === undefined) live.delete(event.id);
      }
      const { orderBlocks, gaps, liquidity } = engine.view();
      expect(idsOf([...orderBlocks, ...gaps, ...liquidity])).toEqual(idsOf([...live.values()]));
      for (const scale of ['internal', 'swing']) {
        const states = orderBlocks.filter((block) => block.scale === scale).map(({ state }) => state);
        const fresh = states.filter((state) => state === 'active' || state === 'touched').length;
        expect(fresh).toBeLessThanOrEqual(3);
        expect(states.length - fresh).toBeLessThanOrEqual(4);
      }
      expect(gaps.filter(({ state }) => state !== 'filled').length).toBeLessThanOrEqual(5);
      expect(gaps.filter(({ state }) => state === 'filled').length).toBeLessThanOrEqual(5);
      expect(liquidity.filter(({ side }) => side === 'high').length).toBeLessThanOrEqual(3);
      expect(liquidity.filter(({ side }) => side === 'low').length).toBeLessThanOrEqual(3);
    }
    expect(seen.size).toBeGreaterThan(500);
  });

  function idsOf(zones: readonly { id: string }[]): string[] {
    return zones.map(({ id }) => id).sort();
  }

  it('knows nothing before it is proved', () => {
    for (const event of eventsOf(walk(17, 1_500), SMALL)) {
      expect(event.knownAt).toBeGreaterThanOrEqual(event.at);
      expect(event.knownAtTime - event.atTime).toBeGreaterThanOrEqual(event.knownAt - event.at);
    }
  });
});
