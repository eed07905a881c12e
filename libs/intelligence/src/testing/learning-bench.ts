/** The learning service with everything around it made of memory, for specs. */
import { AppConfig } from '@slt/config';
import { type CandleSeries, HOUR_MS, ManualClock, MINUTE_MS, type UtcMs } from '@slt/domain';
import type { Decided, Decision, Signal } from '@slt/trading';
import { FEATURE_VERSION, FEATURES } from '../core/features';
import { AT, inputOf } from '../core/features/spec-signal';
import { NO_MARKET_FACTS } from '../core/market-facts';
import type { Sample } from '../core/sample';
import { randomFrom } from '../core/training';
import { SPEC_START, specSamples } from '../core/training/spec-samples';
import { IntelligenceService } from '../intelligence.service';
import { ModelRegistry } from '../model-registry';
import { TrainingService } from '../training.service';
import { InlineTrainer, type Trainer } from '../training/training-process';
import { MemoryStore } from './memory-store';

/** When signals of the bench are known, at first. */
export const BENCH_START: UtcMs = AT;

const REFUSED: Decision = { decision: 'refused', reasons: ['TRADING_OFF'] };

export class LearningBench {
  readonly clock = new ManualClock(BENCH_START);
  readonly config = new AppConfig();
  readonly intelligence: IntelligenceService;
  readonly registry: ModelRegistry;
  readonly training: TrainingService;

  constructor(
    readonly store = new MemoryStore(),
    settings: Partial<AppConfig> = {},
    trainer: Trainer = new InlineTrainer(store),
  ) {
    const { clock, config } = this;
    Object.assign(config, settings);
    this.intelligence = new IntelligenceService(config, clock, { source: 'emulator:spec' }, store);
    this.connect(() => undefined);
    this.registry = new ModelRegistry(clock, this.intelligence, store);
    this.training = new TrainingService(config, clock, this.intelligence, this.registry, store, trainer);
  }

  /** Another process, after this one: the same database, the same time. */
  async restarted(): Promise<LearningBench> {
    const next = new LearningBench(this.store);
    next.clock.set(this.clock.now());
    return next.open();
  }

  /** A long at 100 with its stop at 97 and its target at 106; trading's journal has it too. */
  signal(symbol: string, at = BENCH_START, decision: Decision = REFUSED): Signal {
    const { advisor } = this.intelligence;
    const input = inputOf({ input: { symbol, at } });
    const { setup, direction, interval, entry, stop, target } = input;
    const id = `${symbol}:${interval}:${setup}:${direction}:${at}`;
    const score = advisor!.score(input);
    const signal: Signal = { id, symbol, interval, setup, direction, at, entry, stop, target, ...score };
    advisor!.decided(signal, decision);
    this.store.journal.signals.push({ ...signal, ...decision });
    return signal;
  }

  /** A candle around 100 that opens then; the clock goes to its close. */
  candle(symbol: string, openTime: UtcMs, { high = 101, low = 99 } = {}): void {
    this.clock.set(Math.max(this.clock.now(), openTime + MINUTE_MS));
    const candle = { openTime, open: 100, high, low, close: 100, volume: 1 };
    this.intelligence.advisor!.onCandle(symbol, '1m', candle);
  }

  /** What the cluster would have of the symbol. */
  connect(series: (symbol: string) => CandleSeries | undefined): void {
    const { signals, trades } = this.store.journal;
    const decidedBetween = (from: UtcMs, until: UtcMs): Promise<Decided> =>
      Promise.resolve({
        signals: signals.filter(({ at }) => at >= from && at <= until),
        trades: trades.filter(({ exitTime }) => exitTime >= from && exitTime <= until),
      });
    this.intelligence.connect({ ...NO_MARKET_FACTS, series, decidedBetween });
  }

  async open(): Promise<this> {
    this.registry.onModuleInit();
    await this.intelligence.onApplicationBootstrap();
    return this;
  }

  async close(): Promise<void> {
    await this.training.onModuleDestroy();
    this.registry.onModuleDestroy();
    await this.intelligence.onModuleDestroy();
  }
}

const SHIFT_MS = BENCH_START - 200 * HOUR_MS - SPEC_START;

/** Before the bench begins, with as many features as there are; the first of them makes the edge, and only in its middle. */
export function fullSamples(count: number, seed = 1): Sample[] {
  const random = randomFrom(seed);
  const winRate = (edge: number): number => (Math.abs(edge) < 0.5 ? 0.62 : 0.14);
  return specSamples({ seed, count, winRate, everyMs: 5 * MINUTE_MS }).map((sample) => ({
    ...sample,
    at: sample.at + SHIFT_MS,
    closedAt: sample.closedAt + SHIFT_MS,
    featureVersion: FEATURE_VERSION,
    features: FEATURES.map((_, i) => sample.features[i] ?? random()),
  }));
}
