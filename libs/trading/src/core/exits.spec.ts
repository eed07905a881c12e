import fc from 'fast-check';
import { MINUTE_MS } from '@slt/domain';
import type { BreakEvent } from '@slt/smc';
import { DEFAULT_EXITS, exitAtClose, exitByTime, nextExitTime, watchCandle, watchPosition } from './exits';

const T0 = 1_700_000_000_000;
const at = (minute: number): number => T0 + minute * MINUTE_MS;
const long = watchPosition('long', T0, 100);
const candle = (minute: number, low: number, high: number) => ({ closeTime: at(minute), low, high });
const broken = (
  kind: 'bos' | 'choch',
  scale: 'swing' | 'internal',
  direction: 'bullish' | 'bearish',
): BreakEvent => ({
  kind,
  scale,
  direction,
  level: 99,
  at: 1,
  atTime: T0,
  knownAt: 2,
  knownAtTime: T0,
});

describe('exits', () => {
  it('leaves after two hours, to the millisecond', () => {
    const moving = { ...long, movedAt: at(119) };
    expect(exitByTime(moving, at(120) - 1)).toBeNull();
    expect(exitByTime(moving, at(120))).toBe('max-hold');
    expect(exitByTime(long, at(120))).toBe('max-hold');
  });

  it('leaves after half an hour within a thousandth of the entry', () => {
    expect(exitByTime(long, at(30) - 1)).toBeNull();
    expect(exitByTime(long, at(30))).toBe('stagnation');
    const quiet = watchCandle(long, candle(10, 99.91, 100.09));
    expect(quiet).toBe(long);
    expect(watchCandle(long, candle(10, 99.95, 100.11)).movedAt).toBe(at(10)); // 0.1 % of 100 is 0.1
    expect(watchCandle(long, candle(10, 99.89, 100)).movedAt).toBe(at(10));
  });

  it('counts the half hour from the last move', () => {
    const moved = watchCandle(long, candle(20, 99.5, 100));
    expect(exitByTime(moved, at(49))).toBeNull();
    expect(exitByTime(moved, at(50))).toBe('stagnation');
    expect(nextExitTime(moved)).toBe(at(50));
    expect(nextExitTime({ ...long, movedAt: at(100) })).toBe(at(120));
  });

  it('leaves when the swing structure breaks against it', () => {
    for (const kind of ['bos', 'choch'] as const) {
      expect(exitAtClose(long, at(1), [broken(kind, 'swing', 'bearish')])).toBe('opposite-structure');
      expect(exitAtClose(long, at(1), [broken(kind, 'swing', 'bullish')])).toBeNull();
      const short = watchPosition('short', T0, 100);
      expect(exitAtClose(short, at(1), [broken(kind, 'swing', 'bullish')])).toBe('opposite-structure');
    }
  });

  it('listens to the internal structure only when told, and then to changes of character', () => {
    const choch = broken('choch', 'internal', 'bearish');
    expect(exitAtClose(long, at(1), [choch])).toBeNull();
    const options = { ...DEFAULT_EXITS, oppositeStructure: 'internal' as const };
    expect(exitAtClose(long, at(1), [choch], options)).toBe('opposite-structure');
    expect(exitAtClose(long, at(1), [broken('bos', 'internal', 'bearish')], options)).toBeNull();
    const off = { ...DEFAULT_EXITS, oppositeStructure: 'off' as const };
    expect(exitAtClose(long, at(1), [broken('bos', 'swing', 'bearish')], off)).toBeNull();
  });

  it('does not leave for what was known when it came in', () => {
    expect(exitAtClose(long, T0, [broken('choch', 'swing', 'bearish')])).toBeNull();
  });

  it('names the hold first, the structure next, stagnation last', () => {
    const turned = [broken('choch', 'swing', 'bearish')];
    expect(exitAtClose(long, at(120), turned)).toBe('max-hold');
    expect(exitAtClose(long, at(60), turned)).toBe('opposite-structure');
    expect(exitAtClose(long, at(60), [])).toBe('stagnation');
  });

  it('knows after a restart what it would have known, whether candles come once or twice', () => {
    const candles = fc.array(
      fc.tuple(fc.integer({ min: 9_950, max: 10_000 }), fc.integer({ min: 0, max: 50 })),
      {
        maxLength: 100,
      },
    );
    fc.assert(
      fc.property(candles, fc.nat(100), (shapes, cut) => {
        const seen = shapes.map(([low, range], i) => candle(i + 1, low / 100, (low + range) / 100));
        const once = seen.reduce((watch, one) => watchCandle(watch, one), long);
        const again = [...seen, ...seen.slice(0, cut)].reduce((watch, one) => watchCandle(watch, one), long);
        expect(again).toEqual(once);
        const due = nextExitTime(once);
        expect(exitByTime(once, due - 1)).toBeNull();
        expect(exitByTime(once, due)).not.toBeNull();
      }),
    );
  });
});
