import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { Emulator } from '../emulator';

const DAY = 'data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2026-03-14.zip';

describe('archive', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await Emulator.start({ symbols: 3, startTime: Date.UTC(2026, 5, 1) });
  });
  afterAll(() => emulator.close());

  it('serves a day of candles with its checksum, for no weight', async () => {
    const zip = Buffer.from(await (await fetch(`${emulator.url}/${DAY}`)).arrayBuffer());
    const checksum = await (await fetch(`${emulator.url}/${DAY}.CHECKSUM`)).text();
    expect(checksum.split(/\s+/)[0]).toBe(createHash('sha256').update(zip).digest('hex'));
    const csv = Buffer.from(unzipSync(zip)['BTCUSDT-1m-2026-03-14.csv']!).toString('utf8').trim().split('\n');
    expect(csv).toHaveLength(1 + 1440);
    expect(csv[1]!.split(',')).toHaveLength(12);
    expect(emulator.stats()).toMatchObject({ weight: { total: 0 }, requests: { byPath: { '/data/': 2 } } });
  });

  it('has no file of a day to come', async () => {
    const answer = await fetch(`${emulator.url}/${DAY.replace('2026-03-14', '2026-06-02')}`);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('NoSuchKey')]);
  });

  it('is subject to faults', async () => {
    emulator.faults.add({ kind: 'server-error', path: '/data/', times: 1 });
    expect((await fetch(`${emulator.url}/${DAY}`)).status).toBe(503);
    expect((await fetch(`${emulator.url}/${DAY}`)).status).toBe(200);
  });
});
