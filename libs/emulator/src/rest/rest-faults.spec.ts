import { MINUTE_MS } from '@slt/domain';
import { Emulator } from '../emulator';
import type { FaultRule, ServerErrorBody } from '../faults/fault-rule';
import { get, getJson, type RawResponse } from '../testing/raw-client';

const PATH = '/fapi/v1/klines';
const QUERY = `${PATH}?symbol=BTCUSDT&interval=1m`;
const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS + 30_000;
const OPEN = Math.floor(NOW / MINUTE_MS) * MINUTE_MS;

type Row = [number, string, string, string, string, string, ...unknown[]];

describe('faults of requests', () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await Emulator.start({ symbols: 5, startTime: NOW });
  });
  afterEach(() => emulator.close());

  const ask = (timeoutMs?: number): Promise<RawResponse> => get(`${emulator.url}${QUERY}&limit=5`, timeoutMs);
  const once = (rule: FaultRule): string => emulator.faults.add({ path: PATH, times: 1, ...rule });
  const recovers = async (): Promise<void> => {
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(JSON.parse(body)).toHaveLength(5);
  };

  it('latency', async () => {
    once({ kind: 'latency', ms: 80, jitterMs: 10 });
    const before = performance.now();
    await ask();
    expect(performance.now() - before).toBeGreaterThanOrEqual(78);
    await recovers();
  });

  it('rate-limit: 429 once', async () => {
    once({ kind: 'rate-limit', retryAfterMs: 5_500 });
    const { status, headers, body } = await ask();
    expect(status).toBe(429);
    expect(headers['retry-after']).toBe('6');
    expect(JSON.parse(body)).toMatchObject({ code: -1003 });
    await recovers();
  });

  it('rate-limit with exhaust: the minute is used up', async () => {
    once({ kind: 'rate-limit', exhaust: true, retryAfterHeader: false });
    const first = await ask();
    expect([first.status, first.headers['retry-after']]).toEqual([429, undefined]);
    expect((await ask()).status).toBe(429);
  });

  it('ban: lasts its time, although the rule is spent', async () => {
    once({ kind: 'ban', durationMs: 900 });
    const { status, headers, body } = await ask();
    expect(status).toBe(418);
    expect(headers['retry-after']).toBe('1');
    expect(body).toContain('banned until');
    expect((await get(`${emulator.url}/fapi/v1/ping`)).status).toBe(418);
    expect(emulator.stats()).toMatchObject({ bans: 1, requestsWhileBanned: 1 });
    await new Promise((resolve) => setTimeout(resolve, 910));
    await recovers();
  });

  it.each<[ServerErrorBody, number, unknown]>([
    [
      'unknown-503-no-code',
      503,
      {
        timestamp: expect.any(Number),
        path: PATH,
        msg: 'Unknown error, please check your request or try again later.',
      },
    ],
    ['unavailable-503', 503, expect.objectContaining({ msg: 'Service Unavailable.' })],
    ['-1008', 503, expect.objectContaining({ code: -1008 })],
    ['-1001', 503, expect.objectContaining({ code: -1001 })],
    ['-1007-408', 408, expect.objectContaining({ code: -1007 })],
    ['-1000-500', 500, expect.objectContaining({ code: -1000 })],
    ['html-502', 502, undefined],
    ['html-403', 403, undefined],
  ])('server-error %s', async (body, status, expected) => {
    once({ kind: 'server-error', body });
    const answer = await ask();
    expect(answer.status).toBe(status);
    if (expected === undefined) expect(answer.headers['content-type']).toContain('text/html');
    else expect(JSON.parse(answer.body)).toEqual(expected);
    await recovers();
  });

  it.each([200, 403, 502])('html with status %i', async (status) => {
    once({ kind: 'html', status });
    const answer = await ask();
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/html']);
    expect(answer.body).toMatch(/^<(html|!DOCTYPE)/);
    await recovers();
  });

  it('truncated-json: 200 with half a body', async () => {
    once({ kind: 'truncated-json' });
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(() => JSON.parse(body) as unknown).toThrow();
    await recovers();
  });

  it.each(['before', 'during'] as const)('drop-socket %s the answer', async (when) => {
    once({ kind: 'drop-socket', when });
    await expect(ask()).rejects.toThrow(/socket hang up|ECONNRESET|aborted/);
    await recovers();
  });

  it('half-open: never an answer', async () => {
    once({ kind: 'half-open' });
    await expect(ask(150)).rejects.toThrow('no answer');
    await recovers();
  });

  it('clock-skew: /time is off', async () => {
    once({ kind: 'clock-skew', ms: -3_600_000, path: '/fapi/v1/time' });
    const time = async (): Promise<number> =>
      (await getJson<{ serverTime: number }>(`${emulator.url}/fapi/v1/time`)).serverTime - emulator.now();
    expect(Math.abs((await time()) + 3_600_000)).toBeLessThan(60_000);
    expect(Math.abs(await time())).toBeLessThan(60_000);
  });

  it('history-hole: the rows are not there, by list and by range', async () => {
    const at = (back: number): number => OPEN - back * MINUTE_MS;
    const times = async (query: string): Promise<number[]> =>
      (await getJson<Row[]>(`${emulator.url}${QUERY}&${query}`)).map((row) => row[0]);
    const id = emulator.faults.add({ kind: 'history-hole', symbol: 'BTCUSDT', openTimes: [at(3), at(5)] });
    expect(await times(`startTime=${at(6)}&endTime=${at(2)}`)).toEqual([at(6), at(4), at(2)]);
    expect(await times(`startTime=${at(6)}&limit=3`)).toEqual([at(6), at(4), at(2)]);
    expect(await times(`endTime=${at(2)}&limit=3`)).toEqual([at(6), at(4), at(2)]);
    emulator.faults.remove(id);
    emulator.faults.add({ kind: 'history-hole', interval: '1m', range: { from: at(5), to: at(2) } });
    expect(await times(`startTime=${at(6)}&endTime=${at(1)}`)).toEqual([at(6), at(1)]);
    expect(await getJson(`${emulator.url}${PATH}?symbol=BTCUSDT&interval=5m&limit=3`)).toHaveLength(3);
  });

  it('changed-candle: other numbers than the truth', async () => {
    const at = OPEN - 2 * MINUTE_MS;
    const rows = (path: string): Promise<Row[]> => getJson(`${emulator.url}${path}`);
    const truth = await rows(`/emulator/truth?symbol=BTCUSDT&interval=1m&from=${at}&to=${at}`);
    emulator.faults.add({ kind: 'changed-candle', where: 'rest', openTimes: [at], factor: 1.1 });
    const [changed, intact] = await rows(`${QUERY}&startTime=${at}&limit=2`);
    expect(Number(changed![4])).toBeCloseTo(Number(truth[0]![4]) * 1.1, 1);
    expect(await rows(`/emulator/truth?symbol=BTCUSDT&interval=1m&from=${at}&to=${at}`)).toEqual(truth);
    emulator.faults.clear();
    expect(await rows(`${QUERY}&startTime=${at}&limit=2`)).toEqual([truth[0], intact]);
  });

  it('hit only what they match', async () => {
    emulator.faults.add({ kind: 'html', path: PATH, symbol: 'ETHUSDT' });
    await recovers();
    expect(emulator.faults.list()[0]).toMatchObject({ seen: 0, hits: 0 });
  });
});
