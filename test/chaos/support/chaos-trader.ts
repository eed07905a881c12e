/**
 * The trader as it is, as a process that dies where it is told to: a handler at the steps of an order's life kills it,
 * and signals come from chance instead of the market, so that something happens every second. Run by run-built.cjs.
 */
import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClusterService } from '@slt/cluster';
import { loadConfig } from '@slt/config';
import { DataDirLock } from '@slt/database';
import { type Clock, MINUTE_MS } from '@slt/domain';
import { CLOCK, resolveEndpoint } from '@slt/exchange';
import { HistoryService } from '@slt/history';
import {
  AccountAudit,
  type Checkpoint,
  CHECKPOINT,
  type OrderStep,
  type Signal,
  TradingService,
} from '@slt/trading';
import { AppModule } from '../../../apps/trader/src/app.module';
import { Chance } from '../../support/chance';
import { CHAOS_ORDERS, type CrashOrders, type TraderCommand, type TraderNews } from './chaos-orders';

const NEWS_EVERY_MS = 50;

@Module({})
class CheckpointModule {
  static of(handler: Checkpoint): DynamicModule {
    const provider = { provide: CHECKPOINT, useValue: handler };
    return { module: CheckpointModule, global: true, providers: [provider], exports: [CHECKPOINT] };
  }
}

/** Counts the steps, and dies at the one that was asked for. */
class Fate {
  readonly steps: Partial<Record<OrderStep, number>> = {};

  constructor(private readonly crash: CrashOrders['crash']) {}

  readonly reach: Checkpoint = (step) => {
    const count = (this.steps[step] ?? 0) + 1;
    this.steps[step] = count;
    const { crash } = this;
    if (crash?.step !== step || crash.occurrence !== count) return;
    if (crash.afterMs === 0) die();
    setTimeout(die, crash.afterMs);
  };
}

/** As kill -9: nothing is flushed, nothing is closed. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

class SignalSource {
  isOn = true;
  private readonly chance: Chance;

  constructor(
    private readonly orders: CrashOrders,
    private readonly parts: { trading: TradingService; cluster: ClusterService; clock: Clock },
  ) {
    this.chance = Chance.of(orders.seed);
  }

  start(): void {
    const { signalEveryMs } = this.orders;
    if (signalEveryMs !== undefined) setInterval(() => this.isOn && this.next(), signalEveryMs);
  }

  private next(): void {
    const { trading, cluster } = this.parts;
    if (trading.status().state !== 'on') return;
    const symbols = cluster.symbols().filter(({ ready }) => ready);
    const chosen = symbols[this.chance.between(0, symbols.length - 1)];
    if (chosen === undefined) return;
    const signal = this.signalOf(chosen.symbol);
    if (signal !== undefined) trading.consider(signal);
  }

  private signalOf(symbol: string): Signal | undefined {
    const series = this.parts.cluster.series(symbol, '1m');
    if (series === undefined || series.length === 0) return undefined;
    const last = series.at(series.length - 1);
    const at = last.openTime + MINUTE_MS;
    const direction = this.chance.next() < 0.5 ? 'long' : 'short';
    const sign = direction === 'long' ? 1 : -1;
    const [from, to] = this.orders.stopShares;
    const distance = last.close * (from + this.chance.next() * (to - from)) * sign;
    return {
      id: `${symbol}:1m:block-retest:${direction}:${at}`,
      symbol,
      interval: '1m',
      setup: 'block-retest',
      direction,
      at,
      entry: last.close,
      stop: last.close - distance,
      target: last.close + 2.05 * distance,
      confidence: 0.65 + 0.3 * this.chance.next(),
      parts: {},
    };
  }
}

async function main(): Promise<void> {
  process.env['POLARS_MAX_THREADS'] ??= '1';
  const orders = JSON.parse(process.env[CHAOS_ORDERS] ?? '{}') as CrashOrders;
  const fate = new Fate(orders.crash);
  const config = loadConfig(process.env);
  const lock = new DataDirLock(config);
  await lock.acquire();
  const endpoint = await resolveEndpoint(config);
  const modules = [CheckpointModule.of(fate.reach), AppModule.forRoot({ config, endpoint, lock })];
  const app = await NestFactory.createApplicationContext(
    { module: class ChaosModule {}, imports: modules },
    { abortOnError: false, logger: ['log', 'warn', 'error', 'fatal'] },
  );
  app.get(HistoryService).prepare(config.HISTORY_LIMIT);
  const trading = app.get(TradingService);
  const source = new SignalSource(orders, {
    trading,
    cluster: app.get(ClusterService),
    clock: app.get(CLOCK),
  });
  source.start();
  const reporter = new Reporter(trading, fate);
  setInterval(() => process.send?.(reporter.news()), NEWS_EVERY_MS);
  process.on('message', (command: TraderCommand) => {
    if (command.kind === 'signals') source.isOn = command.on;
    else if (command.kind === 'flatten') trading.session?.flatten('flatten');
    else void reporter.audit(app.get(AccountAudit));
  });
  process.on('disconnect', die);
}

class Reporter {
  private unprotectedSince: number | undefined;
  private longestUnprotectedMs = 0;
  private found: readonly string[] | undefined;

  constructor(
    private readonly trading: TradingService,
    private readonly fate: Fate,
  ) {}

  async audit(audit: AccountAudit): Promise<void> {
    this.found = undefined;
    try {
      const { differences } = await audit.run();
      this.found = differences.map((difference) => JSON.stringify(difference));
    } catch (error) {
      this.found = [String(error)];
    }
  }

  news(): TraderNews {
    const { state, halt, obstacle, positions } = this.trading.status();
    const unprotected = positions.filter(({ isProtected }) => !isProtected).length;
    this.note(unprotected > 0);
    const { rss, heapUsed } = process.memoryUsage();
    return {
      state,
      ...(halt === undefined ? {} : { halt: `${halt.reason}: ${halt.detail}` }),
      ...(obstacle === undefined ? {} : { obstacle }),
      isQuiet: this.trading.session?.isQuiet(false) ?? false,
      positions: positions.length,
      unprotected,
      steps: this.fate.steps as Record<string, number>,
      rssMb: rss / 1e6,
      heapMb: heapUsed / 1e6,
      handles: process.getActiveResourcesInfo().length,
      longestUnprotectedMs: this.longestUnprotectedMs,
      ...(this.found === undefined ? {} : { audit: this.found }),
    };
  }

  private note(isUnprotected: boolean): void {
    const now = performance.now();
    this.unprotectedSince = isUnprotected ? (this.unprotectedSince ?? now) : undefined;
    const lastedMs = now - (this.unprotectedSince ?? now);
    this.longestUnprotectedMs = Math.max(this.longestUnprotectedMs, lastedMs);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String((error as Error).stack ?? error)}\n`);
  process.exit(1);
});
