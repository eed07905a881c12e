import { type Candle, columnsOf } from '@slt/domain';
import { candlesOf, eventsOf, QUIET_START, walk } from './spec-candles';
import { SmcEngine } from './smc-engine';

const GOOD: Candle = { openTime: QUIET_START, open: 10, high: 12, low: 8, close: 11, volume: 3 };

const WRONG: [string, Partial<Record<keyof Candle, unknown>>, string][] = [
  ...(['open', 'high', 'low', 'close', 'volume'] as const).flatMap((field) => {
    return [NaN, Infinity, -Infinity, '10', null, undefined].map((value): [string, object, string] => {
      return [`${field} ${String(value)}`, { [field]: value }, `${field} is ${String(value)}`];
    });
  }),
  ['negative price', { low: -1 }, 'low -1 is negative'],
  ['negative volume', { volume: -0.5 }, 'volume -0.5 is negative'],
  ['price beyond all bounds', { high: 1e300 }, 'high 1e+300 is above 1e+290'],
  ['volume beyond all bounds', { volume: 1e300 }, 'volume 1e+300 is above 1e+290'],
  ['high below low', { high: 7, low: 8 }, 'high 7 is below low 8'],
  ['open above high', { open: 13 }, 'open 13 is outside 8…12'],
  ['open below low', { open: 7 }, 'open 7 is outside 8…12'],
  ['close above high', { close: 12.5 }, 'close 12.5 is outside 8…12'],
  ['close below low', { close: 7.5 }, 'close 7.5 is outside 8…12'],
  ['open time NaN', { openTime: NaN }, 'open time NaN is not a whole number'],
  ['open time between milliseconds', { openTime: QUIET_START + 0.5 }, 'is not a whole number'],
  ['open time before 1970', { openTime: -60_000 }, 'open time -60000 is not a whole number'],
  ['open time after 9999', { openTime: 253_402_300_800_000 }, 'is not a whole number'],
];

const OUT_OF_ORDER: typeof WRONG = [
  ['duplicate time', { openTime: QUIET_START - 60_000 }, 'it does not come after the last one'],
  ['earlier time', { openTime: QUIET_START - 120_000 }, 'it does not come after the last one'],
];

describe('a candle that cannot be', () => {
  it.each(WRONG)('is refused as the first: %s', (_name, change, message) => {
    const engine = new SmcEngine();
    const before = engine.snapshot();
    expect(() => engine.step({ ...GOOD, ...change } as Candle)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'SMC.CANDLE',
        message: expect.stringContaining(message),
      }),
    );
    expect(engine.snapshot()).toEqual(before);
  });

  it.each([...WRONG, ...OUT_OF_ORDER])('leaves the state as it was: %s', (_name, change, message) => {
    const history = walk(1, 300, { start: QUIET_START - 300 * 60_000 }).filter(
      ({ openTime }) => openTime < QUIET_START - 60_000,
    );
    history.push({ ...GOOD, openTime: QUIET_START - 60_000 });
    const engine = new SmcEngine();
    const untroubled = new SmcEngine();
    for (const candle of history) expect(engine.step(candle)).toEqual(untroubled.step(candle));
    const before = JSON.stringify(engine.snapshot());
    expect(() => engine.step({ ...GOOD, ...change } as Candle)).toThrow(message);
    expect(JSON.stringify(engine.snapshot())).toBe(before);
    expect(engine.step(GOOD)).toEqual(untroubled.step(GOOD));
  });

  it('spoils the whole history that it is in, and no more', () => {
    const engine = new SmcEngine();
    const candles = candlesOf([
      [12, 8, 10],
      [13, 9, 11],
    ]);
    const before = engine.snapshot();
    const onEvent = jest.fn();
    const broken = columnsOf([...candles, { ...candles[1]!, openTime: candles[1]!.openTime }]);
    expect(() => engine.warmUp(broken, onEvent)).toThrow(
      expect.objectContaining({
        code: 'SMC.CANDLE',
        message: expect.stringContaining(String(candles[1]!.openTime)),
      }),
    );
    expect(engine.snapshot()).toEqual(before);
    expect(onEvent).not.toHaveBeenCalled();
  });

  it('is not one of zeros, nor one without volume', () => {
    const zeros = candlesOf([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [-0, -0, -0, -0],
    ]);
    expect(eventsOf(zeros)).toEqual([]);
    const engine = new SmcEngine();
    for (const candle of zeros) engine.step(candle);
    expect(JSON.parse(JSON.stringify(engine.snapshot()))).toEqual(engine.snapshot());
  });
});
