import { MINUTE_MS } from '@slt/domain';
import { Rsi } from '@slt/smc';
import { changeOver, FRAME_LENGTH, frameBefore, meanTrueRange, rsiBalance } from './frame';
import { AT, type Bar, barsEndingIn, barsRising, candlesOf, LENGTH, seriesOf, START } from './spec-signal';

const BARS = barsRising(1);
const CANDLES = candlesOf(BARS);

describe('the frame of candles', () => {
  it('is the newest ones before the instant', () => {
    const frame = frameBefore(seriesOf(CANDLES), AT)!;
    expect([...frame.close]).toEqual(CANDLES.map(({ close }) => close));
    expect(frame.close).toHaveLength(FRAME_LENGTH);
    expect([frame.open[1], frame.high[1], frame.low[1], frame.volume[1]]).toEqual([1_000, 1_002, 1_000, 1]);
  });

  it('is the same whatever came before it and came after it, and however large the ring is', () => {
    const more = candlesOf([...barsEndingIn(), ...BARS, ...barsEndingIn()], START - LENGTH * MINUTE_MS);
    const expected = frameBefore(seriesOf(CANDLES), AT);
    expect(frameBefore(seriesOf(more), AT)).toEqual(expected);
    const [before, after] = [more.slice(0, 2 * LENGTH), more.slice(LENGTH)];
    expect(frameBefore(seriesOf(before), AT)).toEqual(expected);
    expect(frameBefore(seriesOf(after), AT)).toEqual(expected);
    // A ring that has gone round.
    const ring = seriesOf(before.slice(0, 150), 150);
    for (const candle of before.slice(150)) ring.append(candle);
    expect(frameBefore(ring, AT)).toEqual(expected);
  });

  it('is not known where there are too few candles, or the newest is missing', () => {
    expect(frameBefore(undefined, AT)).toBeUndefined();
    expect(frameBefore(seriesOf([]), AT)).toBeUndefined();
    expect(frameBefore(seriesOf(CANDLES.slice(1)), AT)).toBeUndefined();
    expect(frameBefore(seriesOf(CANDLES), AT + MINUTE_MS)).toBeUndefined();
    expect(frameBefore(seriesOf(CANDLES), AT - MINUTE_MS)).toBeUndefined();
    expect(frameBefore(seriesOf(CANDLES), START)).toBeUndefined();
  });

  it('takes no account of holes before its newest candle', () => {
    const [first, ...others] = CANDLES;
    const holed = [{ ...first!, openTime: START - 7 * MINUTE_MS }, ...others];
    expect(frameBefore(seriesOf(holed), AT)).toEqual(frameBefore(seriesOf(CANDLES), AT));
  });
});

describe('measures of a frame', () => {
  const frameOf = (bars: readonly Bar[]) => frameBefore(seriesOf(candlesOf(bars)), AT)!;

  it('have true ranges that reach to the close before', () => {
    // From the close at 100 up to 111; the others have 2.
    expect(meanTrueRange(frameOf(barsEndingIn([110, 111, 109, 110])), 4)).toBe((11 + 3 * 2) / 4);
    expect(meanTrueRange(frameOf(barsEndingIn([90, 91, 89, 90])), 4)).toBe((11 + 3 * 2) / 4);
  });

  it('have at least a millionth of the price for a range', () => {
    const flat = Array.from({ length: LENGTH }, (): Bar => [500, 500, 500, 500]);
    expect(meanTrueRange(frameOf(flat), 14)).toBeCloseTo(0.0005, 12);
  });

  it('have the changes that were', () => {
    expect(changeOver(frameOf(barsRising(3)), 7)).toBe(21);
  });

  it('have the RSI of the indicator', () => {
    const bars = Array.from({ length: LENGTH }, (_, i): Bar => {
      const close = 100 + ((i * 37) % 11) - ((i * i) % 7);
      return [close, close + 1, close - 1, close];
    });
    const rsi = new Rsi(14);
    for (const [, , , close] of bars) rsi.step(close);
    expect(rsiBalance(frameOf(bars), 14)).toBeCloseTo(rsi.value / 50 - 1, 10);
  });
});
