/** The main job on recorded candles: warm up, stream, stop, start again, to the end; then the cache is the recording. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readParquet } from 'nodejs-polars';
import { loadConfig } from '@slt/config';
import { type Candle, MINUTE_MS } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import { IntegrityService } from '@slt/integrity';
import { createTrader, type Trader } from '../../apps/trader/src/create-app';
import { eventually } from '../support/eventually';
import { LENGTH, SHORT, START, writeRecording } from './recording-of-the-test';

const SPEED = 600; // 10 candles a second: time to start again before the recording is over
const LIMIT = 200;
const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'];

let recordings: string;
let dataDir: string;
let recorded: Map<string, Candle[]>;
let emulator: Emulator;
let trader: Trader | undefined;

beforeAll(async () => {
  recordings = mkdtempSync(join(tmpdir(), 'slt-recordings-'));
  dataDir = mkdtempSync(join(tmpdir(), 'slt-replay-'));
  recorded = writeRecording(recordings);
  emulator = await Emulator.start({ replay: recordings, speed: SPEED, replayWarmup: LIMIT, quiet: true });
});

afterAll(async () => {
  await trader?.close();
  await emulator.close();
  for (const folder of [recordings, dataDir])
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
});

async function start(): Promise<Trader> {
  const config = loadConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    HISTORY_LIMIT: String(LIMIT),
    WARMUP_MIN_READY: '0.8',
  });
  trader = await createTrader(config, { logger: false, emulator });
  return trader;
}

const reached = (candle: number): boolean => emulator.now() >= START + candle * MINUTE_MS;

describe('a replayed recording', () => {
  it('ends in a cache that is the recording, candle for candle', async () => {
    const first = await start();
    await eventually(() => first.cluster.status().ready);
    expect(first.cluster.status().symbols).toBe(recorded.size);
    await eventually(() => reached(SHORT - 40));
    await first.close();

    const second = await start();
    await eventually(() => second.cluster.status().ready);
    // A symbol whose recording is over stops trading and leaves; the others go on.
    await eventually(() => reached(SHORT) && second.cluster.symbolState('SHORTUSDT') === undefined);
    await eventually(() => second.cluster.status().ready);
    // At the end of all nothing trades any more: not ready, and alive.
    await eventually(() => reached(LENGTH) && second.cluster.status().symbols === 0);
    expect(second.cluster.status()).toMatchObject({ ready: false, phase: 'degraded' });
    expect((await fetch(`${second.url}/health/live`)).status).toBe(200);
    const report = await second.app.get(IntegrityService).check();
    expect(report).toMatchObject({ valid: recorded.size, total: recorded.size });
    await second.close();

    const files = readdirSync(dataDir).filter((name) => name.endsWith('.parquet'));
    expect(files).toHaveLength(recorded.size);
    for (const [symbol, candles] of recorded) {
      const rows = parquetRows(join(dataDir, `${symbol}_1m.parquet`));
      const from = rows[0]![0]!;
      expect(from).toBeLessThanOrEqual(START + LIMIT * MINUTE_MS);
      const expected = candles.filter(({ openTime }) => openTime >= from);
      expect(rows).toEqual(
        expected.map(({ openTime, open, high, low, close, volume }) => [
          openTime,
          open,
          high,
          low,
          close,
          volume,
        ]),
      );
    }
  });
});

/** Read by polars alone: no reader of ours vouches for our own writer. */
function parquetRows(path: string): number[][] {
  const frame = readParquet(path);
  const columns = COLUMNS.map((column) => Array.from(frame.getColumn(column), Number));
  return columns[0]!.map((_, row) => columns.map((column) => column[row]!));
}
