import { MINUTE_MS } from '@slt/domain';
import { eventually } from '../../../../test/support/eventually';
import { Emulator } from '../emulator';
import { getJson, RawStream, send } from '../testing/raw-client';

const MINUTE_START = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

describe('admin calls', () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await Emulator.start({ symbols: 4, startTime: MINUTE_START });
  });
  afterEach(() => emulator.close());

  const admin = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: unknown }> => {
    const answer = await send(method, `${emulator.url}/emulator${path}`, body);
    return { status: answer.status, json: JSON.parse(answer.body) };
  };

  it('list themselves and the faults', async () => {
    const { calls, faultKinds } = await getJson<{ calls: object[]; faultKinds: string[] }>(
      `${emulator.url}/emulator`,
    );
    expect(calls).toContainEqual(expect.objectContaining({ method: 'GET', path: '/emulator/truth' }));
    expect(faultKinds).toHaveLength(23);
  });

  it('tell the status', async () => {
    const { json } = await admin('GET', '/status');
    expect(json).toMatchObject({
      speed: 1,
      source: emulator.source,
      weightLimit: 2400,
      end: null,
      faults: 0,
    });
  });

  it('add, list and remove faults', async () => {
    expect((await admin('POST', '/faults', { kind: 'html', id: 'a' })).json).toEqual({ id: 'a' });
    expect(
      (
        await admin('POST', '/faults', [
          { kind: 'html', id: 'b' },
          { kind: 'html', id: 'c' },
        ])
      ).json,
    ).toEqual({
      ids: ['b', 'c'],
    });
    expect(await getJson(`${emulator.url}/emulator/faults`)).toHaveLength(3);
    expect((await admin('DELETE', '/faults/a')).json).toEqual({ removed: 1 });
    expect((await admin('DELETE', '/faults/a')).status).toBe(404);
    expect((await admin('DELETE', '/faults')).json).toEqual({ removed: 2 });
    expect(await admin('POST', '/faults', { kind: 'late-close' })).toEqual({
      status: 400,
      json: { error: { code: 'FAULT.INVALID', message: 'the fault rule is wrong: late-close needs ms' } },
    });
  });

  it('are not hit by faults, cost no weight and are not counted', async () => {
    emulator.faults.add({ kind: 'html' });
    emulator.faults.add({ kind: 'ban' });
    expect((await admin('GET', '/stats')).json).toMatchObject({
      requests: { total: 0 },
      weight: { total: 0 },
    });
  });

  it('count, and start anew', async () => {
    await send('GET', `${emulator.url}/fapi/v1/ping`);
    expect((await admin('GET', '/stats')).json).toMatchObject({
      requests: { total: 1, byPath: { '/fapi/v1/ping': 1 }, byStatus: { 200: 1 } },
      weight: { byMinute: { [MINUTE_START]: 1 } },
    });
    await admin('POST', '/stats/reset');
    expect((await admin('GET', '/stats')).json).toMatchObject({
      requests: { total: 0 },
      weight: { total: 0 },
    });
  });

  it('forget bans', async () => {
    emulator.faults.add({ kind: 'ban', times: 1 });
    const ping = async (): Promise<number> => (await send('GET', `${emulator.url}/fapi/v1/ping`)).status;
    expect([await ping(), await ping()]).toEqual([418, 418]);
    await admin('POST', '/limits/reset');
    expect(await ping()).toBe(200);
  });

  it('tell the truth: closed candles only', async () => {
    const from = MINUTE_START - 3 * MINUTE_MS;
    const rows = await getJson<unknown[][]>(
      `${emulator.url}/emulator/truth?symbol=BTCUSDT&interval=1m&from=${from}`,
    );
    expect(rows.map((row) => row[0])).toEqual([from, from + MINUTE_MS, from + 2 * MINUTE_MS]);
    const query = `symbol=BTCUSDT&interval=1m&startTime=${from}&endTime=${MINUTE_START - 1}`;
    expect(await getJson(`${emulator.url}/fapi/v1/klines?${query}`)).toEqual(rows);
    expect((await admin('GET', '/truth?symbol=NOPE&interval=1m')).status).toBe(404);
    expect((await admin('GET', '/truth?symbol=BTCUSDT&interval=7m')).status).toBe(400);
    expect((await admin('GET', '/truth?symbol=BTCUSDT&from=x')).status).toBe(400);
  });

  it('list and delist symbols', async () => {
    const isListed = async (symbol: string): Promise<string | undefined> => {
      const { symbols } = await getJson<{ symbols: { symbol: string; status: string }[] }>(
        `${emulator.url}/fapi/v1/exchangeInfo`,
      );
      return symbols.find((each) => each.symbol === symbol)?.status;
    };
    expect((await admin('POST', '/symbols', { symbol: 'FRESHUSDT', at: MINUTE_START })).status).toBe(200);
    expect(await isListed('FRESHUSDT')).toBe('TRADING');
    expect((await admin('POST', '/symbols', { symbol: 'FRESHUSDT' })).status).toBe(400);
    expect((await admin('POST', '/symbols', {})).status).toBe(400);
    expect((await admin('POST', '/symbols/ETHUSDT/delist', { at: MINUTE_START })).status).toBe(200);
    expect(await isListed('ETHUSDT')).toBe('SETTLING');
    expect((await admin('POST', '/symbols/NOPE/delist')).status).toBe(404);
  });

  it('drop connections', async () => {
    const market = await new RawStream(`${emulator.wsUrl}/market/stream`).opened();
    const open = await new RawStream(`${emulator.wsUrl}/public/stream`).opened();
    expect((await admin('POST', '/connections/drop', { route: 'market' })).json).toEqual({ dropped: 1 });
    await eventually(() => market.closed?.code === 1006);
    expect(open.closed).toBeUndefined();
    expect((await admin('POST', '/connections/drop', { route: 'x' })).status).toBe(400);
    expect((await admin('POST', '/connections/drop', { count: 0 })).status).toBe(400);
    expect((await admin('POST', '/connections/drop')).json).toEqual({ dropped: 1 });
  });
});
