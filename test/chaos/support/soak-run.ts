/**
 * A long day: many symbols, the market's own signals, faults at random, a death now and then; in the end the same
 * equality as after a crash, and nothing that grew all the time.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Emulator } from '@slt/emulator';
import { Chance, pause } from '../../support/chance';
import { ChaosProcess, type ChaosPlace } from './chaos-process';
import { auditOf } from './crash-run';
import { flawsBetween } from './flaws';
import { JournalTables } from './journal-rows';
import { type FaultName, rulesOf } from './order-faults';
import type { RunDatabases } from './run-databases';
import { type Sample, type Trend, trendOf } from './trend';

export interface SoakOptions {
  readonly seed: number;
  readonly symbols: number;
  readonly speed: number;
  /** Wall time. */
  readonly minutes: number;
  /** How often the trader is killed, spread over the time; what it has taken up till then is not a leak. */
  readonly kills: number;
  readonly faults: readonly FaultName[];
}

export interface SoakReport extends SoakOptions {
  readonly flaws: readonly string[];
  readonly exchangeHours: number;
  readonly orders: number;
  readonly fills: number;
  readonly fundings: number;
  /** Of the last life. */
  readonly steps: Readonly<Record<string, number>>;
  readonly faultHits: number;
  readonly longestUnprotectedMs: number;
  /** Of the process that lived longest. */
  readonly rssMb: Trend;
  readonly heapMb: Trend;
  readonly handles: Trend;
  readonly series: readonly { minute: number; rssMb: number; heapMb: number; handles: number }[];
  readonly log?: string;
}

const SAMPLE_MS = 2_000;
const READY_LIMIT_MS = 180_000;
const PROOF_LIMIT_MS = 90_000;
/** Megabytes, and handles: what caches, pools and sockets may take on the way. */
const RSS_ALLOWANCE = 40;
const HANDLE_ALLOWANCE = 15;

const SETTINGS = {
  GRADED_CIRCUIT_BREAKER_ENABLED: 'true',
  HISTORY_LIMIT: '1000',
  RISK_CORRELATED_SHARE: '0.5',
  RISK_LOSING_STREAK: '8',
};

export async function soakRun(options: SoakOptions, databases: RunDatabases): Promise<SoakReport> {
  const { symbols, speed, seed } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'slt-soak-'));
  const emulator = await Emulator.start({ symbols, speed, seed, weightLimit: 10_000 });
  const databaseUrl = await databases.create();
  const soak = new Soak(options, { emulator, dataDir, databaseUrl });
  try {
    return await soak.run();
  } finally {
    await soak.close();
    await emulator.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

interface Measured {
  readonly minute: number;
  readonly life: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly handles: number;
}

class Soak {
  private readonly chance: Chance;
  private readonly journal: JournalTables;
  private readonly begun = performance.now();
  private readonly measured: Measured[] = [];
  private process: ChaosProcess;
  private life = 0;
  private hits = 0;
  private longestUnprotectedMs = 0;

  constructor(
    private readonly options: SoakOptions,
    private readonly place: ChaosPlace,
  ) {
    this.chance = Chance.of(options.seed);
    this.journal = new JournalTables(place.databaseUrl);
    this.process = this.start();
  }

  async run(): Promise<SoakReport> {
    await this.untilOn();
    const end = performance.now() + this.options.minutes * 60_000;
    const sampling = setInterval(() => this.measure(), SAMPLE_MS);
    const lifeMs = (this.options.minutes * 60_000) / (this.options.kills + 1);
    let death = performance.now() + lifeMs;
    while (performance.now() < end && this.process.isRunning) {
      await this.spell();
      if (performance.now() < death || performance.now() > end) continue;
      death += lifeMs;
      await this.process.end();
      this.life++;
      this.process = this.start();
    }
    clearInterval(sampling);
    this.place.emulator.faults.clear();
    const flaws = await this.prove();
    return this.report(flaws);
  }

  async close(): Promise<void> {
    await this.process.end();
    await this.journal.close();
  }

  /** A fault for a while, then a rest. */
  private async spell(): Promise<void> {
    const { emulator } = this.place;
    const { faults } = this.options;
    const name = faults[this.chance.between(0, faults.length - 1)]!;
    const probability = 0.1 + 0.5 * this.chance.next();
    const times = name.startsWith('timeout') ? 2 : 200;
    for (const rule of rulesOf(name, { probability, times })) emulator.faults.add(rule);
    if (this.chance.next() < 0.1) emulator.dropConnections();
    await this.rest(this.chance.between(1_000, 6_000));
    for (const { hits } of emulator.faults.list()) this.hits += hits;
    emulator.faults.clear();
    await this.rest(this.chance.between(1_000, 8_000));
  }

  private async rest(ms: number): Promise<void> {
    const { minutes } = this.options;
    const leftMs = this.begun + minutes * 60_000 - performance.now();
    await pause(Math.max(0, Math.min(ms, leftMs)));
  }

  private start(): ChaosProcess {
    const { symbols } = this.options;
    const settings = { ...SETTINGS, RATE_LIMIT_REQUESTS: '10000', EMULATOR_SYMBOLS: String(symbols) };
    return ChaosProcess.start(
      this.place,
      {
        seed: this.options.seed,
        stopShares: [0.003, 0.01],
        // The market's own set-ups are few under so many symbols' limits: some more keep orders coming.
        signalEveryMs: 500,
      },
      settings,
    );
  }

  private async untilOn(): Promise<void> {
    const deadline = performance.now() + READY_LIMIT_MS;
    while (this.process.news?.state !== 'on') {
      if (!this.process.isRunning || performance.now() > deadline) {
        throw new Error(`control: it does not get on: ${this.process.tail(30)}`);
      }
      await pause(100);
    }
  }

  private measure(): void {
    const { news } = this.process;
    if (news?.state !== 'on') return;
    const { rssMb, heapMb, handles, longestUnprotectedMs } = news;
    const minute = (performance.now() - this.begun) / 60_000;
    this.measured.push({ minute, life: this.life, rssMb, heapMb, handles });
    this.longestUnprotectedMs = Math.max(this.longestUnprotectedMs, longestUnprotectedMs);
  }

  private async prove(): Promise<string[]> {
    const { emulator } = this.place;
    this.process.tell({ kind: 'signals', on: false });
    const deadline = performance.now() + PROOF_LIMIT_MS;
    let flaws: string[] = ['died: it has ended by itself'];
    while (this.process.isRunning && performance.now() < deadline) {
      const ledger = emulator.ledger();
      flaws = flawsBetween(await this.journal.read(), ledger);
      const { news } = this.process;
      if (news?.state !== 'on') flaws.push(`control: ${news?.state} ${news?.halt ?? news?.obstacle ?? ''}`);
      const isStill = ledger.trades.length === emulator.ledger().trades.length;
      if (isStill && flaws.length === 0) return auditOf(this.process);
      await pause(200);
    }
    return flaws;
  }

  private report(flaws: readonly string[]): SoakReport {
    const ledger = this.place.emulator.ledger();
    const counts = new Map<number, number>();
    for (const { life } of this.measured) counts.set(life, (counts.get(life) ?? 0) + 1);
    const [longest] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [0];
    const life = this.measured.filter((sample) => sample.life === longest);
    const seriesOf = (of: (sample: Measured) => number): Sample[] =>
      life.map((sample) => ({ minute: sample.minute, value: of(sample) }));
    const rssMb = trendOf(
      seriesOf((sample) => sample.rssMb),
      RSS_ALLOWANCE,
    );
    const heapMb = trendOf(
      seriesOf((sample) => sample.heapMb),
      RSS_ALLOWANCE,
    );
    const handles = trendOf(
      seriesOf((sample) => sample.handles),
      HANDLE_ALLOWANCE,
    );
    const leaks = Object.entries({ rssMb, handles })
      .filter(([, { isGrowing }]) => isGrowing)
      .map(([name, { first, last }]) => `leak: ${name} grew from ${first.toFixed(0)} to ${last.toFixed(0)}`);
    const all = [...flaws, ...leaks];
    return {
      ...this.options,
      flaws: all,
      exchangeHours: (this.options.minutes * this.options.speed) / 60,
      orders: ledger.orders.length + ledger.algoOrders.length,
      fills: ledger.trades.length,
      fundings: ledger.income.filter(({ incomeType }) => incomeType === 'FUNDING_FEE').length,
      steps: this.process.news?.steps ?? {},
      faultHits: this.hits,
      longestUnprotectedMs: Math.round(this.longestUnprotectedMs),
      ...{ rssMb, heapMb, handles },
      series: this.measured.map(({ minute, ...sample }) => ({
        minute: Number(minute.toFixed(2)),
        ...sample,
      })),
      ...(all.length === 0 ? {} : { log: this.process.output }),
    };
  }
}
