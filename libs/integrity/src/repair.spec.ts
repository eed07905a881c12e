/** Repairs against the emulator: what is asked of the exchange, and that the cache equals its truth afterwards. */
import { existsSync, readdirSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@slt/config';
import { type CandleColumns, columnsOf, toCandles } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import { BinanceClient, ExchangeClock, ExchangeModule, resolveEndpoint } from '@slt/exchange';
import { CandleStore, fetchWindow } from '@slt/history';
import { frameOf, temporaryFolder, writeParquet } from '../test/series-fixture';
import { HoleFetcher } from './hole-fetcher';
import { IntegrityChecker } from './integrity-checker';
import { IntegrityService } from './integrity.service';
import { RepairRunner } from './repair-runner';
import { ParquetSandbox } from './sandbox/parquet-sandbox';

const KLINES = '/fapi/v1/klines';
const SYMBOL = 'BTCUSDT';
const NAME = `${SYMBOL}_1m.parquet`;
const ROWS = 1000;

@Module({})
class ExchangeOnly {}

let emulator: Emulator;
let app: INestApplicationContext;
let source: string;
let folder: string;
let remove: () => void;
let truth: CandleColumns;
/** One process for all: starting it costs more than a check. */
const sandbox = new ParquetSandbox();

beforeAll(async () => {
  emulator = await Emulator.start({ symbols: 5, seed: 3, quiet: true });
  const config = loadConfig({ EXCHANGE: 'emulator', EMULATOR_URL: emulator.url });
  const scratch = temporaryFolder();
  config.DATA_DIR = scratch.folder;
  const endpoint = await resolveEndpoint(config);
  source = endpoint.source;
  const imports = [ConfigModule.forRoot(config), ExchangeModule.forRoot(endpoint)];
  app = await NestFactory.createApplicationContext({ module: ExchangeOnly, imports }, { logger: false });
  const window = fetchWindow({ now: app.get(ExchangeClock).now(), interval: '1m', limit: ROWS });
  truth = await app
    .get(BinanceClient)
    .klines({ symbol: SYMBOL, interval: '1m', startTime: window.from, endTime: window.to, limit: ROWS });
  scratch.remove();
});
afterAll(async () => {
  sandbox.close();
  await app.close();
  await emulator.close();
});
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  emulator.resetStats();
});
afterEach(() => {
  emulator.faults.clear();
  remove();
});

const store = () => new CandleStore({ folder, source, keep: 50_000, clock: app.get(ExchangeClock) });

function service(): IntegrityService {
  const clock = app.get(ExchangeClock);
  const checker = new IntegrityChecker({ folder, clock, source, sandbox });
  const runner = new RepairRunner(checker, store(), new HoleFetcher(app.get(BinanceClient), 2_000), {
    folder,
    source,
    clock,
    wantedRows: ROWS,
    mostRows: 50_000,
  });
  return new IntegrityService(checker, runner, clock);
}

const klineRequests = () => emulator.stats().requests.byPath[KLINES] ?? 0;
const klineWeight = () => emulator.stats().weight.byPath[KLINES] ?? 0;
const file = () => path.join(folder, NAME);
const rows = (from: number, to: number) => columnsOf(toCandles(truth).slice(from, to));
const without = (...gone: number[]) => columnsOf(toCandles(truth).filter((_, i) => !gone.includes(i)));
const quarantined = () => {
  const aside = path.join(folder, 'quarantine');
  return existsSync(aside) ? readdirSync(aside).filter((name) => name.endsWith('.reason.json')) : [];
};

async function expectTruth(expected = truth): Promise<void> {
  expect(toCandles((await store().read(SYMBOL, '1m'))!.columns)).toEqual(toCandles(expected));
}

describe('repair', () => {
  it('does nothing about a whole cache', async () => {
    await store().write(SYMBOL, '1m', truth);
    const report = await service().repair();
    expect(report).toMatchObject({ files: [], requests: 0, summary: '0 repaired, 0 failed' });
    expect(klineRequests()).toBe(0);
  });

  it('asks for the holes alone, in one page where they are near', async () => {
    await store().write(SYMBOL, '1m', without(500, 501, 502, 540));
    const report = await service().repair();
    expect(report.files).toMatchObject([{ outcome: 'filled', code: 'HOLES', requests: 1, weight: 1 }]);
    expect([klineRequests(), klineWeight()]).toEqual([1, 1]);
    expect(report.after.summary).toBe('1/1 valid');
    expect(quarantined()).toEqual([]);
    await expectTruth();
  });

  it('comes by itself for the hole of a long absence, and for nothing else', async () => {
    await store().write(SYMBOL, '1m', without(...Array.from({ length: 440 }, (_, i) => 300 + i)));
    writeFileSync(path.join(folder, 'ETHUSDT_1m.parquet'), 'not Parquet at all');
    await service().lookAgain();
    expect(klineWeight()).toBe(2);
    expect(quarantined()).toEqual([]);
    await expectTruth();
  });

  it('asks for far holes in a page each', async () => {
    await store().write(SYMBOL, '1m', without(100, 900));
    await service().repair();
    expect([klineRequests(), klineWeight()]).toEqual([2, 2]);
    await expectTruth();
  });

  it('fetches a damaged file as it was, and keeps the damaged one with the reason', async () => {
    await store().write(SYMBOL, '1m', rows(700, 1000));
    const bytes = readFileSync(file());
    bytes[bytes.length >> 1]! ^= 4;
    writeFileSync(file(), bytes);
    const report = await service().repair();
    expect(report.files).toMatchObject([{ outcome: 'refetched', code: 'CHECKSUM', fetched: 300, weight: 2 }]);
    expect(readFileSync(path.join(folder, report.files[0]!.quarantinedTo!)).equals(bytes)).toBe(true);
    expect(quarantined()).toHaveLength(1);
    await expectTruth(rows(700, 1000));
  });

  it('fetches what a warm-up wants of a file of which nothing is known', async () => {
    writeFileSync(file(), 'not Parquet at all');
    const report = await service().repair();
    expect(report.files).toMatchObject([
      { outcome: 'refetched', code: 'UNREADABLE', fetched: ROWS, weight: 5 },
    ]);
    expect((await store().read(SYMBOL, '1m'))!.columns.length).toBe(ROWS);
  });

  it('fetches a series of which the side-car alone is left', async () => {
    await store().write(SYMBOL, '1m', truth);
    unlinkSync(file());
    const report = await service().repair();
    expect(report.files).toMatchObject([{ outcome: 'refetched', code: 'MISSING', fetched: ROWS }]);
    await expectTruth();
  });

  it('adopts a whole file of a stranger as it is, without a request', async () => {
    writeParquet(file(), frameOf(truth), 'snappy');
    const bytes = readFileSync(file());
    const report = await service().repair();
    expect(report.files).toMatchObject([{ outcome: 'adopted', requests: 0 }]);
    expect(klineRequests()).toBe(0);
    expect(readFileSync(file()).equals(bytes)).toBe(true);
    expect(report.after.files[0]!.findings).toEqual([]);
    await expectTruth();
  });

  it('adopts a file with a column too many by writing it anew', async () => {
    const frame = frameOf(truth);
    writeParquet(file(), {
      ...frame,
      volume2: (frame['volume'] as { alias(name: string): unknown }).alias('volume2'),
    });
    const report = await service().repair();
    expect(report.files).toMatchObject([{ outcome: 'adopted', requests: 0 }]);
    expect(report.after.files[0]).toMatchObject({ valid: true });
    await expectTruth();
  });

  it("adopts a stranger's file with holes, and asks for these alone", async () => {
    writeParquet(file(), frameOf(without(10)));
    const report = await service().repair();
    expect(report.files).toMatchObject([{ outcome: 'filled', fetched: 1, weight: 1 }]);
    await expectTruth();
  });

  it('fetches a stranger’s file with an impossible candle as a whole', async () => {
    const rotten = columnsOf(
      toCandles(truth).map((candle, i) => (i === 5 ? { ...candle, low: candle.high * 2 } : candle)),
    );
    writeParquet(file(), frameOf(rotten));
    const report = await service().repair();
    expect(report.files).toMatchObject([{ outcome: 'refetched', code: 'OHLC', fetched: ROWS }]);
    await expectTruth();
  });

  it('fetches one wrong candle of a vouched file again, and keeps the other 999', async () => {
    const rotten = columnsOf(
      toCandles(truth).map((candle, i) => (i === 5 ? { ...candle, low: candle.high * 2 } : candle)),
    );
    await store().write(SYMBOL, '1m', rotten);
    const report = await service().repair();
    expect(report.files).toMatchObject([
      { outcome: 'mended', code: 'OHLC', fetched: 1, requests: 1, weight: 1 },
    ]);
    expect(quarantined()).toHaveLength(1);
    await expectTruth();
  });

  it('remembers what the exchange does not have, and does not ask again', async () => {
    const at = truth.openTime[500]!;
    emulator.faults.add({ kind: 'history-hole', range: { from: at, to: at } });
    await store().write(SYMBOL, '1m', without(500));
    const report = await service().repair();
    expect(report.files).toMatchObject([{ outcome: 'filled', fetched: 0, missing: 1 }]);
    expect(report.after.files[0]!.findings.map((finding) => finding.code)).toEqual(['KNOWN_HOLES']);
    emulator.resetStats();
    expect((await service().repair()).files).toEqual([]);
    expect(klineRequests()).toBe(0);
  });

  it('moves aside what it cannot name or fetch, and says so', async () => {
    writeParquet(path.join(folder, 'candles.parquet'), frameOf(truth));
    writeParquet(path.join(folder, 'NOSUCHUSDT_1m.parquet'), frameOf(truth));
    truncateSync(path.join(folder, 'NOSUCHUSDT_1m.parquet'), 100);
    const report = await service().repair();
    expect(report.files.map((each) => [each.file, each.outcome])).toEqual([
      ['NOSUCHUSDT_1m.parquet', 'failed'],
      ['candles.parquet', 'set-aside'],
    ]);
    expect(report.failed).toBe(1);
    expect(quarantined()).toHaveLength(2);
    expect(report.after.summary).toBe('0/0 valid');
  });

  it('keeps a file with holes when the exchange is away, and says so', async () => {
    await store().write(SYMBOL, '1m', without(500));
    const before = readFileSync(file());
    emulator.faults.add({ kind: 'drop-socket', path: KLINES });
    const report = await service().repair();
    expect(report.files).toMatchObject([{ outcome: 'failed', requests: 0 }]);
    expect(report.summary).toBe('0 repaired, 1 failed');
    expect(readFileSync(file()).equals(before)).toBe(true);
  });

  it('repairs only the files it is told, and refuses others', async () => {
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) await store().write(symbol, '1m', without(500));
    await service().repair(['ETHUSDT_1m.parquet']);
    expect((await service().check()).summary).toBe('1/2 valid');
    await expect(service().repair(['../../etc/passwd'])).rejects.toMatchObject({ code: 'INTEGRITY.NO_FILE' });
  });

  it('survives many files at once', async () => {
    for (let i = 0; i < 40; i++)
      writeFileSync(path.join(folder, `X${i}USDT_1m.parquet`), Buffer.alloc(i * 100, i));
    await store().write(SYMBOL, '1m', truth);
    const report = await service().repair();
    expect(report.files).toHaveLength(40);
    expect(report.after.summary).toBe('1/1 valid');
    await expectTruth();
  });
});
