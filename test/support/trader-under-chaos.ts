/** The real trader process on one DATA_DIR, started, killed and looked into again and again. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterStatus } from '@slt/cluster';
import { type Candle, SystemClock } from '@slt/domain';
import type { Emulator } from '@slt/emulator';
import { CandleStore } from '@slt/history';
import { eventually } from './eventually';
import { candlesOf, flawsOf } from './market-truth';
import { Program } from './program';

export const KLINES = '/fapi/v1/klines';

export interface Readiness {
  readonly status: string;
  readonly ready: boolean;
  readonly reason?: string;
  readonly details: Readonly<
    Record<string, { status: string; detail?: string; message?: string; counts?: Record<string, number> }>
  >;
}

export class TraderUnderChaos {
  private readonly programs: Program[] = [];

  private constructor(
    readonly emulator: Emulator,
    readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async on(
    emulator: Emulator,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<TraderUnderChaos> {
    const folder = await mkdtemp(join(tmpdir(), 'slt-chaos-'));
    // A database that runs as another user must be able to enter.
    await chmod(folder, 0o755);
    return new TraderUnderChaos(emulator, folder, environment);
  }

  start(changes: Readonly<Record<string, string>> = {}, name: 'trader' | 'worker' = 'trader'): Program {
    const program = Program.start(name, this.settings(changes));
    this.programs.push(program);
    return program;
  }

  async readiness(program: Program): Promise<Readiness> {
    return (await get(`${await program.url()}/health/ready`)) as Readiness;
  }

  async status(program: Program): Promise<ClusterStatus> {
    return (await get(`${await program.url()}/v1/cluster`)) as ClusterStatus;
  }

  async ready(program: Program, timeoutMs = 20_000): Promise<void> {
    await eventually(async () => {
      if (!program.isRunning) throw new Error(`it has ended: ${program.tail()}`);
      const { ready, reason, details } = await this.readiness(program);
      if (!ready) throw new Error(`${reason}: ${JSON.stringify(details)}; ${program.tail()}`);
    }, timeoutMs);
  }

  /** What its answers lack or have wrong. */
  async flaws(program: Program, count: number): Promise<string[]> {
    const url = await program.url();
    const symbols = await this.symbols(program);
    const found = await Promise.all(
      symbols.map(async (symbol) => {
        const path = `/v1/symbols/${encodeURIComponent(symbol)}/candles?interval=1m&limit=${count}`;
        const { candles = [] } = (await get(`${url}${path}`)) as { candles?: Candle[] };
        return flawsOf(candles, {
          emulator: this.emulator,
          symbol,
          atLeast: this.expected(symbol, count),
          lag: 2,
        });
      }),
    );
    return found.flat();
  }

  async symbols(program: Program): Promise<string[]> {
    const { symbols } = (await get(`${await program.url()}/v1/symbols`)) as { symbols: { symbol: string }[] };
    return symbols.map(({ symbol }) => symbol);
  }

  /** The same of what lies on disk. @param symbols each must have a file */
  async flawsOnDisk(symbols: readonly string[], count: number): Promise<string[]> {
    const source = `emulator:${this.emulator.source}`;
    const store = new CandleStore({ folder: this.folder, source, keep: 50_000, clock: new SystemClock() });
    const found = await Promise.all(
      symbols.map(async (symbol) => {
        const stored = await store.read(symbol, '1m');
        if (stored === undefined) return [`${symbol}: no file`];
        const question = { emulator: this.emulator, symbol, atLeast: this.expected(symbol, count) };
        return flawsOf(candlesOf(stored.columns), question);
      }),
    );
    return found.flat();
  }

  /** `slt integrity` on the folder. */
  async integrity(): Promise<{ code: number | NodeJS.Signals; output: string }> {
    const slt = Program.start('cli', { DATA_DIR: this.folder }, ['integrity', '--data', this.folder]);
    this.programs.push(slt);
    const code = await slt.exited;
    return { code, output: slt.output };
  }

  get parquetFiles(): string[] {
    return readdirSync(this.folder).filter((name) => name.endsWith('.parquet'));
  }

  /** When a series was last written; by this machine's clock, 0 when none ever was. */
  get lastWrite(): number {
    const times = this.parquetFiles.map((name) => statSync(join(this.folder, name)).mtimeMs);
    return Math.max(0, ...times);
  }

  /** Where the embedded database is; undefined before it was made. */
  get databaseFolder(): string | undefined {
    return this.connection()?.folder;
  }

  /** As a machine that fails, or an out-of-memory killer that is thorough. */
  killDatabase(): void {
    for (const pid of this.databasePids()) signalQuietly(pid, 'SIGKILL');
  }

  /** Processes of the embedded database that run, whoever started them. */
  databasePids(): number[] {
    const folders = [this.databaseFolder, join(this.folder, 'postgres')].filter((name) => name !== undefined);
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && folders.some((folder) => commandOf(pid).includes(folder)));
  }

  /** What nobody should find after a clean stop: temporary files, locks, half-made databases. */
  async leftovers(): Promise<string[]> {
    const names = await readdir(this.folder, { recursive: true });
    const database = this.databaseFolder;
    return names.filter(
      (name) =>
        !(database !== undefined && join(this.folder, name).startsWith(`${database}/`)) &&
        (/\.tmp\b|\.new-|~$/.test(name) || /^\.locks\/(?!holder-).+/.test(name)),
    );
  }

  async close(): Promise<void> {
    for (const program of this.programs) if (program.isRunning) await program.end();
    this.killDatabase();
    await eventually(() => this.databasePids().length === 0);
    const outside = this.databaseFolder;
    if (outside?.startsWith('/var/lib/selflearningtrader/') === true) {
      await rm(join(outside, '..'), { recursive: true, force: true });
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  private settings(changes: Readonly<Record<string, string>>): Record<string, string> {
    return {
      DATA_DIR: this.folder,
      EMULATOR_URL: this.emulator.url,
      LOG_LEVEL: 'info',
      ...this.environment,
      ...changes,
    };
  }

  /** New listings have fewer candles than are asked for. */
  private expected(symbol: string, count: number): number {
    const onboard = this.emulator.market.find(symbol)?.onboardDate ?? 0;
    return Math.max(1, Math.min(count, Math.floor((this.emulator.now() - onboard) / 60_000) - 3));
  }

  private connection(): { folder: string; pid: number } | undefined {
    const path = join(this.folder, 'postgres-connection.json');
    if (!existsSync(path)) return undefined;
    return JSON.parse(readFileSync(path, 'utf8')) as { folder: string; pid: number };
  }
}

async function get(url: string): Promise<unknown> {
  return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).json();
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
