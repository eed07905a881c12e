import fc from 'fast-check';
import { type Candle, HOUR_MS, MINUTE_MS } from '@slt/domain';
import { type CostSettings, DEFAULT_COSTS } from '../costs';
import { openVirtual, stepVirtual, type VirtualOutcome, type VirtualPlan } from './triple-barrier';

const AT = Date.UTC(2025, 4, 6, 10);
/** Nothing costs anything. */
const FREE: CostSettings = { ...DEFAULT_COSTS, takerFeeRate: 0 };

const LONG: VirtualPlan = {
  id: 'AAAUSDT:1m:block-retest:long:0',
  symbol: 'AAAUSDT',
  interval: '1m',
  direction: 'long',
  at: AT,
  entry: 100,
  stop: 98,
  target: 104,
  slippageRate: 0,
  fundingRate: 0,
};
const SHORT: VirtualPlan = { ...LONG, direction: 'short', stop: 102, target: 96 };

type Bar = readonly [open: number, high: number, low: number, close: number];

const candleAt = ([open, high, low, close]: Bar, minute: number): Candle => ({
  openTime: AT + minute * MINUTE_MS,
  open,
  high,
  low,
  close,
  volume: 1,
});

function follow(
  plan: VirtualPlan,
  candles: readonly Candle[],
  settings = FREE,
): VirtualOutcome | 'open' | 'void' {
  const position = openVirtual(plan);
  for (const candle of candles) {
    const step = stepVirtual(position, candle, settings);
    if (step !== 'open') return step;
  }
  return 'open';
}

const after = (plan: VirtualPlan, bars: readonly Bar[], settings = FREE) =>
  follow(
    plan,
    bars.map((bar, i) => candleAt(bar, i)),
    settings,
  );

const QUIET: Bar = [100, 101, 99, 100];

describe('a signal that is followed', () => {
  it.each<[string, VirtualPlan, readonly Bar[], object]>([
    // (104 − 100) ÷ (100 − 98)
    [
      'reaches its target',
      LONG,
      [QUIET, [100, 104, 99, 103]],
      { barrier: 'target', r: 2, closedAt: AT + 120_000 },
    ],
    [
      'touches its stop',
      LONG,
      [QUIET, [100, 101, 98, 99]],
      { barrier: 'stop', r: -1, closedAt: AT + 120_000 },
    ],
    ['is stopped where a candle touches both', LONG, [[100, 104, 98, 101]], { barrier: 'stop', r: -1 }],
    ['enters at the open that comes, not at the close that was', LONG, [[101, 104, 100, 102]], { r: 1.5 }],
    // opens at 97: (97 − 100) ÷ 2
    ['falls through its stop over a gap', LONG, [QUIET, [97, 99, 96, 98]], { barrier: 'stop', r: -1.5 }],
    ['jumps over its target', LONG, [QUIET, [105, 106, 104, 105]], { barrier: 'target', r: 2.5 }],
    ['begins beyond its stop', LONG, [[97, 99, 96, 98]], { barrier: 'stop', r: 0 }],
    ['begins beyond its target', LONG, [[105, 106, 104, 105]], { barrier: 'target', r: 0 }],
    ['is a short and wins', SHORT, [QUIET, [100, 101, 96, 97]], { barrier: 'target', r: 2 }],
    ['is a short and touches both', SHORT, [[100, 102, 96, 99]], { barrier: 'stop', r: -1 }],
    ['is a short and gapped', SHORT, [QUIET, [103, 104, 102, 103]], { barrier: 'stop', r: -1.5 }],
  ])('%s', (_, plan, bars, expected) => {
    expect(after(plan, bars)).toMatchObject({ id: plan.id, ...expected });
  });

  it('ends with the candle that closes after two hours, at its close, and no sooner', () => {
    const bars = [...Array.from({ length: 119 }, () => QUIET), [100, 101, 99, 100.5] as const];
    expect(after(LONG, bars.slice(0, 119))).toBe('open');
    // (100.5 − 100) ÷ 2
    expect(after(LONG, bars)).toEqual({ id: LONG.id, barrier: 'time', r: 0.25, closedAt: AT + 2 * HOUR_MS });
  });

  it('is stopped on that very candle if it touches the stop', () => {
    const bars = [...Array.from({ length: 119 }, () => QUIET), [100, 101, 98, 100.5] as const];
    expect(after(LONG, bars)).toMatchObject({ barrier: 'stop', r: -1 });
  });

  it('whose time runs out in a hole ends at the first price after it', () => {
    const candles = [candleAt(QUIET, 0), candleAt([97, 99, 96, 98], 121)];
    expect(follow(LONG, candles)).toMatchObject({ barrier: 'time', r: -1.5, closedAt: AT + 122 * MINUTE_MS });
  });

  it('goes on behind a hole within its time', () => {
    const candles = [candleAt(QUIET, 0), candleAt([100, 104, 99, 103], 60)];
    expect(follow(LONG, candles)).toMatchObject({ barrier: 'target', r: 2 });
  });

  it('enters late where the first candle comes late, and not at all where none comes in time', () => {
    expect(follow(LONG, [candleAt([101, 105, 100, 104], 30)])).toMatchObject({ r: 1.5 });
    expect(follow(LONG, [candleAt(QUIET, 120)])).toBe('void');
  });

  it('knows nothing of candles before its own close, nor twice of one', () => {
    const early = candleAt([90, 110, 90, 100], -1);
    expect(follow(LONG, [early, candleAt(QUIET, 0)])).toBe('open');
    const position = openVirtual(LONG);
    stepVirtual(position, candleAt(QUIET, 0), FREE);
    expect(stepVirtual(position, candleAt([100, 104, 98, 101], 0), FREE)).toBe('open');
  });

  it('pays fees and slippage on both notionals', () => {
    const plan = { ...LONG, slippageRate: 0.0002 };
    // 2 − (0.0005 + 0.0002) × (100 + 104) ÷ 2
    const { r } = after(plan, [[100, 104, 99, 103]], DEFAULT_COSTS) as VirtualOutcome;
    expect(r).toBeCloseTo(2 - 0.0714, 12);
  });

  describe('over a settlement', () => {
    // The signal is known 1 minute before 16:00; the rate is 10 bp: 0.001 × 100 ÷ 2 = 0.05 R.
    const plan = { ...LONG, at: Date.UTC(2025, 4, 6, 15, 59), fundingRate: 0.001 };
    const barsFrom = (minute: number, bar: Bar): readonly Candle[] => [
      { ...candleAt(QUIET, 0), openTime: plan.at },
      { ...candleAt(bar, 0), openTime: plan.at + minute * MINUTE_MS },
    ];
    const won: Bar = [100, 104, 99, 104];

    it.each([
      ['long', 2 - 0.05],
      ['short', 2 + 0.05],
    ] as const)('a %s pays or is paid', (direction, r) => {
      const candles = barsFrom(1, direction === 'long' ? won : [100, 101, 96, 96]);
      const levels = direction === 'long' ? {} : { stop: 102, target: 96 };
      expect((follow({ ...plan, direction, ...levels }, candles) as VirtualOutcome).r).toBeCloseTo(r, 12);
    });

    it('is free for what has ended before', () => {
      expect(follow(plan, barsFrom(0, won).slice(1))).toMatchObject({ r: 2 });
    });

    it('at the very instant of the signal is nobody’s', () => {
      const at = Date.UTC(2025, 4, 6, 16);
      const candle = { ...candleAt(won, 0), openTime: at };
      expect(follow({ ...plan, at }, [candle])).toMatchObject({ r: 2 });
    });
  });

  it('of no sound price teaches nothing', () => {
    expect(
      after(LONG, [
        [NaN, NaN, NaN, NaN],
        [100, 104, 99, 103],
      ]),
    ).toBe('void');
  });
});

/** The same rules, all candles at hand, long and short by turning prices round. */
function slowly(plan: VirtualPlan, candles: readonly Candle[], settings: CostSettings): unknown {
  const sign = plan.direction === 'long' ? 1 : -1;
  const deadline = plan.at + settings.maxHoldMs;
  const rest = candles.filter(({ openTime }) => openTime >= plan.at);
  const first = rest[0];
  if (first === undefined) return 'open';
  if (first.openTime >= deadline) return 'void';
  const stop = sign * plan.stop;
  const target = sign * plan.target;
  for (const { openTime, open, high, low, close } of rest) {
    const [from, worst, best, to] = [open, sign > 0 ? low : high, sign > 0 ? high : low, close].map(
      (price) => sign * price,
    ) as [number, number, number, number];
    const isOver = openTime >= deadline;
    const isLast = openTime + MINUTE_MS >= deadline;
    let exit: readonly [price: number, barrier: string] | undefined;
    if (isOver) exit = [from, 'time'];
    else if (from <= stop) exit = [from, 'stop'];
    else if (from >= target) exit = [from, 'target'];
    else if (worst <= stop) exit = [stop, 'stop'];
    else if (best >= target) exit = [target, 'target'];
    else if (isLast) exit = [to, 'time'];
    if (exit === undefined) continue;
    const paidTo = isLast && !isOver && exit[1] === 'time' ? openTime + MINUTE_MS : openTime;
    let settlements = 0;
    for (let at = plan.at + MINUTE_MS; at <= paidTo; at += MINUTE_MS)
      if (at % (8 * HOUR_MS) === 0) settlements++;
    const gain = exit[0] - sign * first.open;
    const fees = (settings.takerFeeRate + plan.slippageRate) * (first.open + sign * exit[0]);
    const funding = sign * plan.fundingRate * settlements * first.open;
    const risk = Math.abs(plan.entry - plan.stop);
    return { barrier: exit[1], closedAt: openTime + MINUTE_MS, r: (gain - fees - funding) / risk };
  }
  return 'open';
}

describe('whatever the candles', () => {
  const bar = fc.tuple(
    fc.integer({ min: -12, max: 12 }),
    fc.nat(12),
    fc.nat(12),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(1, 1, 1, 1, 1, 1, 2, 7, 130),
  );
  const market = fc.record({
    start: fc.constantFrom(0, 299, 350, 359, 360),
    isLong: fc.boolean(),
    stopTicks: fc.integer({ min: 1, max: 20 }),
    targetTicks: fc.integer({ min: 1, max: 40 }),
    bars: fc.array(bar, { maxLength: 140 }),
    slippageRate: fc.constantFrom(0, 0.0003),
    fundingRate: fc.constantFrom(0, 0.0001, -0.002),
  });

  it('the outcome is that of the plainest reading of the rules', () => {
    const seen = new Set<unknown>();
    fc.assert(
      fc.property(market, ({ start, isLong, stopTicks, targetTicks, bars, ...rates }) => {
        const sign = isLong ? 1 : -1;
        const plan: VirtualPlan = {
          ...LONG,
          ...rates,
          at: AT + start * MINUTE_MS,
          direction: isLong ? 'long' : 'short',
          stop: 100 - sign * stopTicks * 0.125,
          target: 100 + sign * targetTicks * 0.125,
        };
        let minute = start;
        const candles = bars.map(([move, up, down, where, skip]): Candle => {
          const open = 100 + move * 0.125;
          const [high, low] = [open + up * 0.125, open - down * 0.125];
          const candle = candleAt([open, high, low, low + where * (high - low)], minute);
          minute += skip;
          return candle;
        });
        const expected = slowly(plan, candles, DEFAULT_COSTS);
        const actual = follow(plan, candles, DEFAULT_COSTS);
        if (typeof actual === 'string') {
          seen.add(actual);
          return actual === expected;
        }
        seen.add(actual.barrier);
        const { r, ...rest } = actual;
        expect(expected).toMatchObject({ barrier: rest.barrier, closedAt: rest.closedAt });
        expect(r).toBeCloseTo((expected as VirtualOutcome).r, 9);
        return true;
      }),
      { numRuns: 2_000 },
    );
    // `void` needs a first candle two hours late, which the examples have.
    expect([...seen].sort()).toEqual(['open', 'stop', 'target', 'time']);
  });
});
