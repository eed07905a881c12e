import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { readFundings } from './funding-file';
import { findRecordings } from './recording-files';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slt-recordings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(...names: string[]): void {
  for (const name of names) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), '');
  }
}

function fundings(name: string, bytes: string | Uint8Array): Promise<unknown> {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return readFundings([file]);
}

describe('recordings', () => {
  it('are told by the names of files', async () => {
    put(
      'ETHUSDT_1m.parquet',
      'ETHUSDT_1m.parquet.json',
      'ETHUSDT_5m.parquet',
      'README.md',
      '.BTCUSDT_1m.csv',
    );
    put('BTCUSDT-1m-2025-05.zip', 'BTCUSDT-1m-2025-04.zip', 'BTCUSDT_1m_x.csv.gz', '%E5%B8%81USDT_1m.csv');
    put('funding/BTCUSDT_funding_binance.csv.gz', 'ETHUSDT-fundingRate-2025-05.zip');
    const named = (await findRecordings(folder, '1m')).map(({ symbol, files, fundingFiles }) => [
      symbol,
      files.map((file) => path.basename(file)),
      fundingFiles.map((file) => path.relative(folder, file)),
    ]);
    expect(named).toEqual([
      [
        'BTCUSDT',
        ['BTCUSDT-1m-2025-04.zip', 'BTCUSDT-1m-2025-05.zip', 'BTCUSDT_1m_x.csv.gz'],
        [path.join('funding', 'BTCUSDT_funding_binance.csv.gz')],
      ],
      ['ETHUSDT', ['ETHUSDT_1m.parquet'], ['ETHUSDT-fundingRate-2025-05.zip']],
      ['币USDT', ['%E5%B8%81USDT_1m.csv'], []],
    ]);
    expect((await findRecordings(folder, '5m')).map(({ symbol }) => symbol)).toEqual(['ETHUSDT']);
  });

  it('that are wanted and not there are named', async () => {
    put('ETHUSDT_1m.parquet');
    await expect(findRecordings(folder, '1m', ['XUSDT', 'ETHUSDT', 'YUSDT'])).rejects.toThrow(
      /no candles of 1m of XUSDT, YUSDT$/,
    );
    await expect(findRecordings(folder, '1h')).rejects.toMatchObject({ code: 'BACKTEST.NO_CANDLES' });
    await expect(findRecordings(path.join(folder, 'nowhere'), '1m')).rejects.toMatchObject({
      code: 'BACKTEST.NO_FOLDER',
    });
  });
});

describe('fundings', () => {
  const PLAIN = 'timestamp,funding_rate\n1741276800000,-0.00017064\n1741305600000,-0.00019528\n';
  const ARCHIVE = 'calc_time,funding_interval_hours,last_funding_rate\n1741276800000,8,-0.00017064\n';
  const first = { at: 1_741_276_800_000, rate: -0.00017064 };

  it('are the same however they are packed', async () => {
    const second = { at: 1_741_305_600_000, rate: -0.00019528 };
    expect(await fundings('a.csv', PLAIN)).toEqual([first, second]);
    expect(await fundings('b.csv.gz', gzipSync(PLAIN))).toEqual([first, second]);
    expect(await fundings('c.zip', zipSync({ 'c.csv': strToU8(ARCHIVE) }))).toEqual([first]);
  });

  it('that are damaged are refused by line', async () => {
    await expect(fundings('d.csv', `${PLAIN}x,1\n`)).rejects.toThrow(/d\.csv: line 4: "x,1"/);
    await expect(fundings('e.csv', 'a,b\n1,2\n')).rejects.toThrow(/names no time and rate/);
    await expect(fundings('f.csv.gz', gzipSync(PLAIN).subarray(0, 30))).rejects.toMatchObject({
      code: 'BACKTEST.FUNDING',
    });
  });
});
