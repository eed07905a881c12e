/** Server-sent events: what happens, to whom it matters, without holes. */
import type { Candle } from '@slt/domain';
import { eventually } from '../support/eventually';
import { SseReader } from './support/sse-reader';
import { startTrader, type TestTrader } from './support/start-trader';

interface CandleEvent {
  symbol: string;
  candle: Candle;
}

describe('events', () => {
  let trader: TestTrader;
  const readers: SseReader[] = [];

  beforeAll(async () => {
    trader = await startTrader({ emulator: { speed: 120 }, environment: { CLUSTER_AUTOSTART: 'false' } });
  });
  afterAll(() => trader.close());
  afterEach(() => readers.splice(0).forEach((reader) => reader.close()));

  const listen = (query = '', headers: Record<string, string> = {}): SseReader => {
    const reader = new SseReader(`${trader.url}/v1/events${query}`, headers);
    readers.push(reader);
    return reader;
  };
  const listeners = async (): Promise<number> => {
    const text = await (await fetch(`${trader.url}/metrics`)).text();
    return Number(/^slt_event_listeners (\d+)$/m.exec(text)?.[1]);
  };

  it('tell the whole start: phases, warm-up, candles', async () => {
    const reader = listen();
    expect((await reader.response).headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await eventually(() => reader.of('status').length === 1);
    await fetch(`${trader.url}/v1/cluster/start`, { method: 'POST' });
    await eventually(() => reader.of('candle').length > 6);
    const phases = reader.of('phase').map(({ data }) => (data as { phase: string }).phase);
    expect(phases.slice(0, 2)).toEqual(['discovering', 'warming']);
    expect(reader.of('warm-up').length).toBeGreaterThan(0);
    expect(reader.of('candle')[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{8}-\d+$/),
      data: {
        type: 'candle',
        symbol: expect.any(String),
        interval: '1m',
        candle: { close: expect.any(Number) },
      },
    });
  });

  it('come by type and symbol as asked', async () => {
    const all = listen('?types=candle');
    await eventually(() => all.events.length > 0);
    const { symbol } = all.events[0]!.data as CandleEvent;
    const few = listen(`?types=candle,gap&symbols=${encodeURIComponent(symbol)}`);
    await eventually(() => few.events.length >= 3);
    expect(few.of('status')).toEqual([]);
    expect(new Set(few.events.map(({ data }) => (data as CandleEvent).symbol))).toEqual(new Set([symbol]));
  });

  it('go on after the last one seen, none missing, none double', async () => {
    const first = listen('?types=candle');
    await eventually(() => first.events.length >= 3);
    first.close();
    await first.ended;
    const second = listen('?types=candle', { 'last-event-id': first.events.at(-1)!.id! });
    const whole = listen('?types=candle', { 'last-event-id': first.events[0]!.id! });
    await eventually(() => second.events.length >= 6 && whole.events.length >= 9);
    const joined = [...first.events.slice(1), ...second.events].map(({ id }) => id);
    const expected = whole.events.map(({ id }) => id);
    const length = Math.min(joined.length, expected.length);
    expect(joined.slice(0, length)).toEqual(expected.slice(0, length));
  });

  it('say when some are missed', async () => {
    for (const id of ['0badc0de-5', 'nonsense', '5f0c1a2b-999999999999999999']) {
      const reader = listen('', { 'last-event-id': id });
      await eventually(() => reader.of('missed').length === 1);
    }
  });

  it('tell of one symbol how its candles stand, between those that close', async () => {
    const reader = listen('?types=candle&symbols=BTCUSDT&forming=BTCUSDT');
    const others = listen('?types=candle&symbols=BTCUSDT');
    type Forming = { symbol: string; candles: { interval: string; candle: Candle }[] };
    const standing = () => reader.of('forming').map(({ data }) => (data as Forming).candles[0]!.candle);
    const ends = () => reader.of('candle').map(({ data }) => (data as CandleEvent).candle);
    /** Those of which a step was told, and then the end. */
    const followed = () =>
      ends().filter(({ openTime }) => standing().some((each) => each.openTime === openTime));
    await eventually(() => followed().length >= 3);
    for (const end of followed()) {
      const steps = standing().filter(({ openTime }) => openTime === end.openTime);
      for (const [i, step] of steps.entries()) {
        const later = steps[i + 1] ?? end;
        expect(step.open).toBe(end.open);
        expect([step.high <= later.high, step.low >= later.low, step.volume <= later.volume]).toEqual([
          true,
          true,
          true,
        ]);
      }
    }
    expect(reader.of('forming').filter(({ id }) => id !== undefined)).toEqual([]);
    expect(new Set(reader.of('forming').map(({ data }) => (data as Forming).symbol))).toEqual(
      new Set(['BTCUSDT']),
    );
    expect(others.of('forming')).toEqual([]);
  });

  it('may begin with the status, and go on after it', async () => {
    const first = listen();
    await eventually(() => first.of('status').length === 1);
    first.close();
    await first.ended;
    const { id } = first.of('status')[0]!;
    const second = listen('', { 'last-event-id': id! });
    await eventually(() => second.of('candle').length >= 3);
    expect([second.of('missed'), second.of('status')[0]!.id]).toEqual([[], undefined]);
    const number = (each: string | undefined): number => Number(each?.split('-')[1]);
    // The next there was, whether it happened between the two or after them.
    expect(number(second.events.find((event) => event.id !== undefined)!.id)).toBe(number(id) + 1);
  });

  it.each(['forming=../x', 'forming=', 'types=rumour', 'types=', 'symbols=../x', 'symbols=', 'kinds=candle'])(
    'refuse ?%s',
    async (query) => {
      const response = await fetch(`${trader.url}/v1/events?${query}`);
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    },
  );

  it('tell HEAD their type, and no more', async () => {
    const response = await fetch(`${trader.url}/v1/events`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
  });

  it('forget who left', async () => {
    const leaving = [listen(), listen(), listen()];
    await Promise.all(leaving.map((reader) => reader.response));
    await eventually(async () => (await listeners()) >= 3);
    leaving.forEach((reader) => reader.close());
    await eventually(async () => (await listeners()) === 0);
  });

  it('serve so many, and tell the next to come back', async () => {
    const many = Array.from({ length: 100 }, () => listen('?types=universe'));
    await Promise.all(many.map((reader) => reader.response));
    await eventually(async () => (await listeners()) === 100);
    const response = await fetch(`${trader.url}/v1/events`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toMatchObject({ code: 'EVENTS.FULL' });
  });

  it('end with the service', async () => {
    const reader = listen();
    await reader.response;
    await trader.close();
    await reader.ended;
  });
});
