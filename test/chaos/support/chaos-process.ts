/** A trader under chaos as a process: what it says, when it died, and how to end it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { DEFAULT_API_KEY, DEFAULT_API_SECRET, type Emulator } from '@slt/emulator';
import { CHAOS_ORDERS, type CrashOrders, type TraderCommand, type TraderNews } from './chaos-orders';

const ROOT = resolve(__dirname, '../../..');
const OUTPUT_KEPT = 60_000;

export interface ChaosPlace {
  readonly emulator: Emulator;
  readonly dataDir: string;
  readonly databaseUrl: string;
}

/** Nothing but chaos keeps it from trading: limits are wide, positions few and small. */
const SETTINGS: Readonly<Record<string, string>> = {
  TRADING_ENABLED: 'true',
  TRADING_MODE: 'live',
  BINANCE_API_KEY: DEFAULT_API_KEY,
  BINANCE_API_SECRET: DEFAULT_API_SECRET,
  GRADED_CIRCUIT_BREAKER_ENABLED: 'false',
  MAX_CONCURRENT_ORDERS: '6',
  RISK_CORRELATED_SHARE: '1000',
  RISK_DAILY_LOSS: '1',
  RISK_DRAWDOWN: '1',
  RISK_LOSING_STREAK: '1000',
  RISK_COOL_DOWN_MINUTES: '0',
  RISK_SIGNAL_MAX_AGE: '600',
  HISTORY_LIMIT: '60',
  WARMUP_MIN_READY: '0.5',
  LOG_LEVEL: 'info',
};

export class ChaosProcess {
  output = '';
  news: TraderNews | undefined;
  /** Code or signal. */
  readonly exited: Promise<number | NodeJS.Signals>;
  private ended = false;

  private constructor(private readonly child: ChildProcess) {
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-OUTPUT_KEPT);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('message', (news: TraderNews) => (this.news = news));
    this.exited = new Promise((done) =>
      child.once('exit', (code, signal) => {
        this.ended = true;
        done(signal ?? code ?? -1);
      }),
    );
  }

  static start(place: ChaosPlace, orders: CrashOrders, settings: Record<string, string> = {}): ChaosProcess {
    const { PATH = '', HOME = '', SLT_DIST } = process.env;
    const environment = {
      ...{ PATH, HOME, ...SETTINGS, ...settings },
      ...(SLT_DIST === undefined ? {} : { SLT_DIST: resolve(SLT_DIST) }),
      DATA_DIR: place.dataDir,
      DATABASE_URL: place.databaseUrl,
      EMULATOR_URL: place.emulator.url,
      [CHAOS_ORDERS]: JSON.stringify(orders),
    };
    const words = ['--require', join(ROOT, 'test/support/run-built.cjs'), join(__dirname, 'chaos-trader.ts')];
    return new ChaosProcess(
      spawn(process.execPath, words, {
        cwd: place.dataDir,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      }),
    );
  }

  get isRunning(): boolean {
    return !this.ended;
  }

  tell(command: TraderCommand): void {
    if (this.isRunning && this.child.connected) this.child.send(command, () => undefined);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  async end(): Promise<void> {
    this.kill();
    await this.exited;
  }

  tail(lines = 12): string {
    return this.output.trim().split('\n').slice(-lines).join('\n');
  }
}
