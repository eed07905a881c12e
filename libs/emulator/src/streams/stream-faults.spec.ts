import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { MINUTE_MS } from '@slt/domain';
import { eventually } from '../../../../test/support/eventually';
import { Emulator } from '../emulator';
import type { EmulatorOptions } from '../emulator-options';
import { RawStream, type KlineCandle } from '../testing/raw-client';

const MINUTE_START = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

describe('faults of streams', () => {
  let emulator: Emulator;
  const streams: RawStream[] = [];
  const start = async (options: EmulatorOptions = {}): Promise<void> => {
    // A minute of exchange time lasts 100 ms.
    emulator = await Emulator.start({ symbols: 3, startTime: MINUTE_START, speed: 600, ...options });
  };
  const connect = (path = '/market/stream?streams=btcusdt@kline_1m/ethusdt@kline_1m'): Promise<RawStream> => {
    const stream = new RawStream(emulator.wsUrl + path);
    streams.push(stream);
    return stream.opened();
  };
  const closesOf = async (stream: RawStream, count: number, symbol = 'BTCUSDT'): Promise<KlineCandle[]> => {
    await eventually(() => stream.closes(symbol).length >= count);
    return stream.closes(symbol);
  };
  /** Steps between closing frames, in minutes. */
  const steps = (closes: readonly KlineCandle[]): number[] =>
    closes.slice(1).map((candle, i) => (candle.t - closes[i]!.t) / MINUTE_MS);

  beforeEach(() => start());
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.close();
    await emulator.close();
  });

  it('missing-close: a candle never closes, the others do', async () => {
    const stream = await connect();
    await closesOf(stream, 2);
    emulator.faults.add({ kind: 'missing-close', symbol: 'BTCUSDT', times: 1 });
    expect(steps(await closesOf(stream, 6)).filter((step) => step !== 1)).toEqual([2]);
    expect(steps(await closesOf(stream, 6, 'ETHUSDT')).every((step) => step === 1)).toBe(true);
  });

  it('late-close: a candle closes later than others after it', async () => {
    const stream = await connect();
    await closesOf(stream, 2);
    emulator.faults.add({ kind: 'late-close', symbol: 'BTCUSDT', times: 1, ms: 150_000 });
    const closes = await closesOf(stream, 8);
    expect(steps(closes).some((step) => step < 0)).toBe(true);
    const sorted = [...closes].sort((a, b) => a.t - b.t);
    expect(steps(sorted).every((step) => step === 1)).toBe(true);
  });

  it('duplicate-close: a candle closes again', async () => {
    const stream = await connect();
    await closesOf(stream, 2);
    emulator.faults.add({ kind: 'duplicate-close', symbol: 'BTCUSDT', times: 1, copies: 2 });
    expect(steps(await closesOf(stream, 8)).filter((step) => step !== 1)).toEqual([0, 0]);
  });

  it('out-of-order-close: two candles change places', async () => {
    const stream = await connect();
    await closesOf(stream, 2);
    emulator.faults.add({ kind: 'out-of-order-close', symbol: 'BTCUSDT', times: 1 });
    expect(steps(await closesOf(stream, 7)).filter((step) => step !== 1)).toEqual([2, -1, 2]);
  });

  it('out-of-order-close without end: candles still close in pairs', async () => {
    emulator.faults.add({ kind: 'out-of-order-close', symbol: 'BTCUSDT' });
    const closes = (await closesOf(await connect(), 6)).slice(0, 6);
    expect(steps([...closes].sort((a, b) => a.t - b.t))).toEqual([1, 1, 1, 1, 1]);
    expect(steps(closes)).toEqual([-1, 3, -1, 3, -1]);
  });

  it('changed-candle: the stream tells other numbers than REST', async () => {
    emulator.faults.add({
      kind: 'changed-candle',
      where: 'stream',
      symbol: 'BTCUSDT',
      times: 1,
      factor: 1.05,
      range: { from: 0, to: Number.MAX_SAFE_INTEGER },
    });
    const [changed, intact] = await closesOf(await connect(), 2);
    const truth = (t: number): string =>
      emulator.market.klines(
        'BTCUSDT',
        '1m',
        { from: t, to: t, limit: 1, fromEnd: false },
        emulator.now(),
      )[0]!.close;
    expect(Number(changed!.c)).toBeCloseTo(Number(truth(changed!.t)) * 1.05, 1);
    expect(intact!.c).toBe(truth(intact!.t));
  });

  it('silent-stream of a symbol: only its frames are missing', async () => {
    emulator.faults.add({ kind: 'silent-stream', symbol: 'BTCUSDT' });
    const stream = await connect();
    await closesOf(stream, 4, 'ETHUSDT');
    expect(stream.frames('kline').some((frame) => frame.s === 'BTCUSDT')).toBe(false);
    emulator.faults.clear();
    await closesOf(stream, 1);
  });

  it('silent-stream of a connection: open, answering, silent; the next one is fine', async () => {
    const id = emulator.faults.add({ kind: 'silent-stream', times: 1 });
    const silent = await connect();
    await eventually(() => emulator.faults.list()[0]!.hits === 1);
    const next = await connect();
    await closesOf(next, 4);
    expect(silent.messages).toEqual([]);
    expect(await silent.answersPing(1_000)).toBe(true);
    silent.say({ method: 'GET_PROPERTY', params: ['combined'], id: 1 });
    await eventually(() => silent.messages.length === 1);
    emulator.faults.remove(id);
    await closesOf(silent, 1);
  });

  it('drop-socket: the connection breaks at a frame', async () => {
    const stream = await connect();
    await closesOf(stream, 1);
    emulator.faults.add({ kind: 'drop-socket', path: '/market', times: 1 });
    await eventually(() => stream.closed !== undefined);
    expect(stream.closed?.code).toBe(1006);
    await closesOf(await connect(), 1);
  });

  it('drop-socket before: the handshake breaks', async () => {
    emulator.faults.add({ kind: 'drop-socket', path: '/market', when: 'before', times: 1 });
    await expect(connect()).rejects.toThrow(/socket hang up|ECONNRESET/);
    await closesOf(await connect(), 1);
  });

  it('half-open: the connection freezes, without pongs, and stays open', async () => {
    const stream = await connect();
    await closesOf(stream, 1);
    emulator.faults.add({ kind: 'half-open', path: '/market', times: 1 });
    await eventually(() => emulator.faults.list()[0]!.hits === 1);
    expect(await stream.answersPing(300)).toBe(false);
    const { length } = stream.messages;
    await closesOf(await connect(), 3);
    expect(stream.messages).toHaveLength(length);
    expect(stream.closed).toBeUndefined();
    expect(emulator.stats().connections.open).toBe(1);
  });

  it('half-open before: the handshake is never answered', async () => {
    emulator.faults.add({ kind: 'half-open', path: '/market', when: 'before', times: 1 });
    let isOpen = false;
    const hanging = new RawStream(`${emulator.wsUrl}/market/stream`);
    streams.push(hanging);
    hanging.opened().then(
      () => (isOpen = true),
      () => undefined,
    );
    await eventually(() => emulator.faults.list()[0]!.hits === 1);
    await closesOf(await connect(), 2);
    expect([isOpen, hanging.closed]).toEqual([false, undefined]);
  });

  it.each([
    [{ kind: 'server-error', body: 'unavailable-503' }, '503'],
    [{ kind: 'html', status: 403 }, '403'],
    [{ kind: 'rate-limit' }, '429'],
  ] as const)('%j meets handshakes too', async (rule, status) => {
    emulator.faults.add({ ...rule, path: '/market', times: 1 });
    await expect(connect()).rejects.toThrow(status);
    await closesOf(await connect(), 1);
  });

  it('latency: frames come later, and in order', async () => {
    emulator.faults.add({ kind: 'latency', path: '/market', ms: 150, jitterMs: 100 });
    const stream = await connect();
    const [first] = await closesOf(stream, 1);
    expect(emulator.now() - first!.T).toBeGreaterThan(150 * 600 * 0.9); // 150 ms of wall time at speed 600
    expect(steps(await closesOf(stream, 8)).every((step) => step === 1)).toBe(true);
  });

  it('clock-skew: event times are off, candles are not', async () => {
    emulator.faults.add({ kind: 'clock-skew', ms: 3_600_000 });
    const stream = await connect();
    await closesOf(stream, 2);
    const frame = stream.frames('kline').find((each) => (each.k as KlineCandle).x)!;
    expect(Number(frame.E) - (frame.k as KlineCandle).T).toBeGreaterThan(3_500_000);
    expect((frame.k as KlineCandle).t).toBeLessThan(emulator.now());
  });

  it('a script adds and removes them by the clock', async () => {
    await emulator.close();
    const folder = await mkdtemp(`${tmpdir()}/faults-`);
    const file = `${folder}/script.json`;
    const rule = { kind: 'silent-stream', id: 'hush', symbol: 'BTCUSDT' };
    await writeFile(
      file,
      JSON.stringify([
        { at: '+3m', add: rule },
        { at: '+8m', remove: 'hush' },
      ]),
    );
    await start({ faultScript: file });
    const stream = await connect();
    await eventually(() => emulator.now() > MINUTE_START + 12 * MINUTE_MS);
    const minutes = stream.closes('BTCUSDT').map((candle) => (candle.t - MINUTE_START) / MINUTE_MS);
    expect(minutes.filter((minute) => minute >= 3 && minute <= 6)).toEqual([]);
    expect(minutes).toContain(9);
    await rm(folder, { recursive: true });
  });
});
