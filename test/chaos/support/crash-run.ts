/**
 * One run of the crash matrix: a trader trades live on an emulator whose answers cannot be relied on, is killed at a step
 * of an order's life, is started again, and in the end its journal must equal the emulator's ledger.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Emulator, type LedgerReport } from '@slt/emulator';
import { Chance, pause } from '../../support/chance';
import type { CrashOrders } from './chaos-orders';
import { ChaosProcess, type ChaosPlace } from './chaos-process';
import type { CrashCase } from './crash-plan';
import { flawsBetween } from './flaws';
import { type JournalRows, JournalTables } from './journal-rows';
import { rulesOf } from './order-faults';
import type { RunDatabases } from './run-databases';

export interface CrashOutcome {
  /** Empty: all is as it should be. */
  readonly flaws: readonly string[];
  /** The trader died where it was told to; false: it never came there, and was killed some time. */
  readonly isReached: boolean;
  readonly orders: number;
  readonly fills: number;
  readonly trades: number;
  readonly faultHits: number;
  readonly steps: Readonly<Record<string, number>>;
  readonly wallMs: number;
  /** What the last process said, and both accounts of it, where something is wrong. */
  readonly log?: string;
  readonly evidence?: { readonly journal: JournalRows; readonly ledger: LedgerReport };
}

const SYMBOLS = 10;
const SPEED = 60;
/** Wall times. */
const FIRST_LIFE_MS = 9_000;
const START_LIMIT_MS = 240_000;
/** An exchange that answers nothing comes back some time: a storm's 503s would outlast the limit. */
const STORM_LIMIT_MS = 30_000;
const AFTER_RESTART_MS = 700;
const PROOF_LIMIT_MS = 60_000;
const AUDIT_LIMIT_MS = 30_000;
const SIGNAL_EVERY_MS = 40;
const MOVE_EVERY_MS = 150;

export async function crashRun(plan: CrashCase, databases: RunDatabases): Promise<CrashOutcome> {
  const begun = performance.now();
  const dataDir = await mkdtemp(join(tmpdir(), 'slt-crash-'));
  const emulator = await Emulator.start({ symbols: SYMBOLS, speed: SPEED, seed: plan.seed % 100_000 });
  const databaseUrl = await databases.create();
  const run = new CrashRun(plan, { emulator, dataDir, databaseUrl });
  try {
    const outcome = await run.run();
    return { ...outcome, wallMs: Math.round(performance.now() - begun) };
  } finally {
    await run.close();
    await databases.drop(databaseUrl);
    await emulator.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

class CrashRun {
  private readonly chance: Chance;
  private readonly journal: JournalTables;
  private readonly steps: Record<string, number> = {};
  private readonly moves: NodeJS.Timeout;
  private process: ChaosProcess | undefined;

  constructor(
    private readonly plan: CrashCase,
    private readonly place: ChaosPlace,
  ) {
    this.chance = Chance.of(plan.seed);
    this.journal = new JournalTables(place.databaseUrl);
    this.moves = setInterval(() => this.movePrice(), MOVE_EVERY_MS);
  }

  async run(): Promise<Omit<CrashOutcome, 'wallMs'>> {
    const { plan } = this;
    const isReached = await this.firstLife();
    if (plan.second !== undefined) await this.liveUntilDeath(plan.second);
    const last = await this.lastLife();
    const flaws = await this.prove(last);
    const ledger = this.place.emulator.ledger();
    return {
      flaws,
      isReached,
      orders: ledger.orders.length + ledger.algoOrders.length,
      fills: ledger.trades.length,
      trades: ledger.trades.filter(({ realizedPnl }) => Number(realizedPnl) !== 0).length,
      faultHits: this.hits,
      steps: this.steps,
      ...(flaws.length === 0
        ? {}
        : { log: last.output, evidence: { journal: await this.journal.read(), ledger } }),
    };
  }

  async close(): Promise<void> {
    clearInterval(this.moves);
    await this.process?.end();
    await this.journal.close();
  }

  private hits = 0;

  private async firstLife(): Promise<boolean> {
    const { crash } = this.plan;
    if (crash.step !== 'any') return this.liveUntilDeath(crash);
    const process = this.start();
    await this.untilOn(process);
    this.addFaults();
    await pause(crash.afterMs);
    await this.end(process);
    return true;
  }

  /** @returns whether it died where it was told to */
  private async liveUntilDeath(crash: NonNullable<CrashOrders['crash']>): Promise<boolean> {
    const process = this.start(crash);
    await this.untilOn(process);
    this.addFaults();
    const died = await Promise.race([process.exited, pause(FIRST_LIFE_MS)]);
    await this.end(process);
    return died === 'SIGKILL';
  }

  private async lastLife(): Promise<ChaosProcess> {
    const { plan } = this;
    const process = this.start();
    void pause(plan.faultAfterMs).then(() => this.clearFaults());
    await this.untilOn(process);
    await pause(Math.max(0, plan.faultAfterMs) + AFTER_RESTART_MS);
    process.tell({ kind: 'signals', on: false });
    return process;
  }

  /** Until they agree, for as long as something may still be under way. @returns what is left in the end */
  private async prove(process: ChaosProcess): Promise<string[]> {
    const { emulator } = this.place;
    const deadline = performance.now() + PROOF_LIMIT_MS;
    let flaws: string[] = [];
    while (performance.now() < deadline) {
      if (!process.isRunning) return [`died: the trader ended by itself: ${process.tail()}`];
      if (this.plan.isFlattened) process.tell({ kind: 'flatten' });
      const before = emulator.ledger();
      const journal = await this.journal.read();
      const isStill = isSame(before, emulator.ledger());
      const { news } = process;
      flaws = flawsBetween(journal, before);
      if (news?.state !== 'on') flaws.push(`control: ${news?.state} ${news?.halt ?? news?.obstacle ?? ''}`);
      else if (this.plan.isFlattened && before.positions.length > 0)
        flaws.push('flatten: positions are left');
      else if (isStill && flaws.length === 0) break;
      if (news?.state === 'halted') break;
      await pause(100);
    }
    this.count(process);
    return flaws.length > 0 ? flaws : auditOf(process);
  }

  private start(crash?: CrashOrders['crash']): ChaosProcess {
    const process = ChaosProcess.start(this.place, {
      seed: this.chance.between(1, 2 ** 31 - 1),
      ...(crash === undefined ? {} : { crash }),
      signalEveryMs: SIGNAL_EVERY_MS,
      stopShares: [0.0025, 0.006],
    });
    this.process = process;
    return process;
  }

  /** Or dead: an order of the life before may bring it to its step while it reconciles. */
  private async untilOn(process: ChaosProcess): Promise<void> {
    const begun = performance.now();
    while (process.isRunning && process.news?.state !== 'on' && process.news?.state !== 'halted') {
      const waitedMs = performance.now() - begun;
      if (waitedMs > STORM_LIMIT_MS) this.clearFaults();
      if (waitedMs > START_LIMIT_MS) {
        throw new Error(`control: it does not get on: ${JSON.stringify(process.news)}\n${process.tail(30)}`);
      }
      await pause(20);
    }
  }

  private async end(process: ChaosProcess): Promise<void> {
    await process.end();
    this.count(process);
  }

  private count({ news }: ChaosProcess): void {
    for (const [step, times] of Object.entries(news?.steps ?? {})) {
      this.steps[step] = (this.steps[step] ?? 0) + times;
    }
  }

  private addFaults(): void {
    const { fault, probability } = this.plan;
    if (this.place.emulator.faults.list().length > 0) return;
    // A timeout costs six seconds of patience each.
    const times = fault.startsWith('timeout') ? 2 : 40;
    for (const rule of rulesOf(fault, { probability, times })) this.place.emulator.faults.add(rule);
  }

  private clearFaults(): void {
    for (const { hits } of this.place.emulator.faults.list()) this.hits += hits;
    this.place.emulator.faults.clear();
  }

  /** So that stops and targets are met within seconds. */
  private movePrice(): void {
    const { emulator } = this.place;
    const symbols = emulator.ledger().positions.map(({ symbol }) => symbol);
    const symbol = symbols[this.chance.between(0, Math.max(0, symbols.length - 1))];
    if (symbol === undefined) return;
    const factor = 1 + (this.chance.next() - 0.5) * 0.02;
    emulator.shiftPrice({ symbol, factor });
  }
}

/** What `slt audit` says of it, by the same code. */
export async function auditOf(process: ChaosProcess): Promise<string[]> {
  process.tell({ kind: 'audit' });
  const deadline = performance.now() + AUDIT_LIMIT_MS;
  while (process.isRunning && performance.now() < deadline) {
    const { news } = process;
    if (news?.audit !== undefined) return news.audit.map((difference) => `audit: ${difference}`);
    await pause(20);
  }
  return ['audit: there is no answer'];
}

function isSame(a: ReturnType<Emulator['ledger']>, b: ReturnType<Emulator['ledger']>): boolean {
  return (
    a.orders.length === b.orders.length &&
    a.algoOrders.length === b.algoOrders.length &&
    a.trades.length === b.trades.length &&
    a.income.length === b.income.length
  );
}
