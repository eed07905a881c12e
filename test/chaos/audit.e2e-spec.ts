/** `slt audit` beside a trader and after it, on a journal that is right, and on one that somebody has touched. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DEFAULT_API_KEY, DEFAULT_API_SECRET, Emulator } from '@slt/emulator';
import { eventually } from '../support/eventually';
import { SltUnderTest } from '../support/slt';
import { ChaosProcess } from './support/chaos-process';
import { flawsBetween } from './support/flaws';
import { JournalTables } from './support/journal-rows';
import { RunDatabases } from './support/run-databases';

jest.setTimeout(600_000);

interface Report {
  readonly compared: {
    readonly fills: { readonly journal: number; readonly exchange: number };
    readonly positions: { readonly journal: number };
    readonly stops: number;
  };
  readonly differences: readonly { readonly subject: string; readonly field: string }[];
}

describe('slt audit', () => {
  const slt = new SltUnderTest().install();
  let databases: RunDatabases;
  let emulator: Emulator;
  let dataDir: string;
  let databaseUrl: string;
  let trader: ChaosProcess | undefined;

  beforeAll(async () => {
    databases = await RunDatabases.start();
    databaseUrl = await databases.create();
    emulator = await Emulator.start({ symbols: 8, speed: 60 });
    dataDir = await mkdtemp(join(tmpdir(), 'slt-audit-'));
  });
  afterAll(async () => {
    await trader?.end();
    await emulator.close();
    await databases.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const environment = (): Record<string, string> => ({
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    EMULATOR_URL: emulator.url,
    TRADING_MODE: 'live',
    BINANCE_API_KEY: DEFAULT_API_KEY,
    BINANCE_API_SECRET: DEFAULT_API_SECRET,
  });

  it('finds nothing beside a running trader, then exactly what was changed behind its back', async () => {
    const started = ChaosProcess.start(
      { emulator, dataDir, databaseUrl },
      { seed: 1, signalEveryMs: 50, stopShares: [0.004, 0.008] },
    );
    trader = started;
    await eventually(() => emulator.ledger().trades.length > 10, 60_000);
    await eventually(() => emulator.ledger().positions.length > 0, 60_000);
    const beside = await slt.run('audit --json', environment());
    expect([beside.code, beside.err]).toEqual([0, '']);
    const { compared } = JSON.parse(beside.out) as Report;
    expect(compared.fills.journal).toBeGreaterThan(10);

    started.tell({ kind: 'signals', on: false });
    const journal = new JournalTables(databaseUrl);
    await eventually(async () => {
      started.tell({ kind: 'flatten' });
      const ledger = emulator.ledger();
      const isFlat = ledger.positions.length === 0;
      return isFlat && flawsBetween(await journal.read(), ledger).length === 0;
    }, 60_000);
    await journal.close();
    await started.end();
    const after = await slt.run('audit', environment());
    expect([after.code, after.err]).toEqual([0, '']);
    expect(after.out).toContain('no difference');

    await run(`update trading.fills set fee = fee + 0.01
      where (symbol, trade_id) = (select symbol, trade_id from trading.fills order by at limit 1)`);
    const touched = await slt.run('audit --json', environment());
    expect(touched.code).toBe(1);
    const { differences } = JSON.parse(touched.out) as Report;
    expect(differences.map(({ subject, field }) => `${subject} ${field}`).sort()).toEqual([
      'balance walletBalance',
      'fill fee',
    ]);
  });

  async function run(statement: string): Promise<void> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  }
});
