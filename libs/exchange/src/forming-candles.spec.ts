import { FormingCandles } from './forming-candles';

const KEY = { symbol: 'BTCUSDT', interval: '1m' } as const;
const NAME = 'btcusdt@kline_1m';

const frame = (close: number, isClosed = false): Buffer =>
  Buffer.from(
    JSON.stringify({
      stream: NAME,
      data: {
        e: 'kline',
        E: 60_000 + close,
        s: 'BTCUSDT',
        k: { t: 60_000, T: 119_999, i: '1m', o: '50', h: '99', l: '1', c: `${close}`, v: '2', x: isClosed },
      },
    }),
  );

describe('candles in progress', () => {
  let forming: FormingCandles;
  let told: number[];
  const watch = () => forming.watch(KEY, ({ close }) => told.push(close));

  beforeEach(() => {
    jest.useFakeTimers();
    forming = new FormingCandles();
    told = [];
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('tells the first at once, and of those that come too fast the newest', () => {
    const stop = watch();
    for (let close = 10; close < 20; close++) forming.offer(NAME, frame(close), 61_000);
    expect(told).toEqual([10]);
    jest.advanceTimersByTime(250);
    expect(told).toEqual([10, 19]);
    forming.offer(NAME, frame(20), 61_500);
    expect(told).toEqual([10, 19]);
    // 20 after its quarter of a second; then nothing is held, and the next is told at once.
    jest.advanceTimersByTime(500);
    expect(told).toEqual([10, 19, 20]);
    forming.offer(NAME, frame(21), 62_000);
    expect(told).toEqual([10, 19, 20, 21]);
    stop();
  });

  it('tells all who watch, and parses for them once', () => {
    const stops = [watch(), watch()];
    const others: number[] = [];
    stops.push(forming.watch({ ...KEY, symbol: 'ETHUSDT' }, ({ close }) => others.push(close)));
    const message = frame(7);
    const parsings = jest.spyOn(message, 'toString');
    forming.offer(NAME, message, 61_000);
    expect([told, others, parsings.mock.calls.length]).toEqual([[7, 7], [], 1]);
    stops.forEach((stop) => stop());
  });

  it('reads nothing of what nobody watches', () => {
    const message = frame(7);
    const parsings = jest.spyOn(message, 'toString');
    forming.offer(NAME, message, 61_000);
    const stop = watch();
    forming.offer('ethusdt@kline_1m', message, 61_000);
    stop();
    forming.offer(NAME, message, 61_000);
    expect([told, parsings.mock.calls.length]).toEqual([[], 0]);
  });

  it('is silent once nobody watches, whatever was held', () => {
    const stop = watch();
    forming.offer(NAME, frame(1), 61_000);
    forming.offer(NAME, frame(2), 61_000);
    stop();
    stop();
    jest.advanceTimersByTime(1_000);
    expect(told).toEqual([1]);
  });

  it('passes over what is closed, broken or not true', () => {
    const stop = watch();
    const untrue = Buffer.from(frame(5).toString().replace('"h":"99"', '"h":"3"'));
    for (const message of [frame(1, true), Buffer.from('{'), untrue, frame(4)]) {
      forming.offer(NAME, message, 61_000);
      jest.advanceTimersByTime(250);
    }
    jest.advanceTimersByTime(250);
    expect(told).toEqual([4]);
    stop();
  });
});
