/**
 * What was learned outlives the process: read once the database answers, together with what trading's journal has seen
 * since; written in the background, together with the samples it was learned from.
 */
import { Logger } from '@nestjs/common';
import {
  AppError,
  type Clock,
  DAY_MS,
  type DurationMs,
  MINUTE_MS,
  SECOND_MS,
  toAppError,
  type UtcMs,
} from '@slt/domain';
import type { Decided } from '@slt/trading';
import { type LearningAdvisor, ONLINE } from './core/advisor';
import { FEATURE_VERSION } from './core/features';
import type { Sample } from './core/sample';
import { ForestPredictor } from './core/training';
import type { IntelligenceStore, StoredChampion } from './store/intelligence-store';

export interface KeeperParts {
  readonly core: LearningAdvisor;
  readonly clock: Clock;
  readonly store: Pick<IntelligenceStore, 'load' | 'save' | 'promote'>;
  /** Whose samples and models. */
  readonly marketName: string;
  /** Samples of the market that the database keeps. */
  readonly keptSamples: number;
  /** As the journal has it, both inclusive. @throws AppError transient: the database is away */
  decidedBetween(from: UtcMs, until: UtcMs): Promise<Decided>;
}

/** Wall time. */
const SAVE_AFTER_MS: DurationMs = 5 * SECOND_MS;
const SAVE_EVERY_MS: DurationMs = MINUTE_MS;
const RESTORE_AGAIN_MS: DurationMs = 5 * SECOND_MS;
/** The process ends within five seconds, its database after us. */
const LAST_SAVE_LIMIT_MS: DurationMs = 2 * SECOND_MS;
/** A learner that is ahead of the exchange's clock by more has seen the future: a replay began anew. */
const CLOCK_SLACK_MS: DurationMs = MINUTE_MS;
/** Of what was decided before a crash, as far back as outcomes are waited for. */
const REMEMBERED_MS: DurationMs = DAY_MS;
/** An entry that was never filled is known as such so much after its signal. */
const RETRACTED_WITHIN_MS: DurationMs = 15 * MINUTE_MS;
/** While the database is away. */
const MOST_UNSAVED = 5_000;

export class LearnerKeeper {
  private readonly logger = new Logger('Intelligence');
  private hasRead = false;
  private flaw: string | null = null;
  private isChanged = false;
  private unsaved: Sample[] = [];
  private savedAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  /** Saves wait for one another. */
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly parts: KeeperParts) {}

  /** The learner knows what it knew, or begins anew for good. */
  get isRestored(): boolean {
    return this.hasRead;
  }

  /** What was not as it should be when it was restored, for people; null: all was well. */
  get note(): string | null {
    return this.flaw;
  }

  /**
   * Tries until the database answers; nothing is saved before, for it would replace what was learned. Resolves after the
   * first attempt.
   */
  async restore(): Promise<void> {
    const { store, marketName } = this.parts;
    try {
      const { snapshot, champion } = await store.load(marketName);
      const knownTo = this.resume(snapshot);
      await this.reinstate(champion);
      if (knownTo !== undefined) await this.remember(knownTo);
      this.hasRead = true;
      if (this.isChanged) this.changed();
    } catch (error) {
      this.logger.warn(`what was learned is read again: ${toAppError(error, 'LEARNING.LOAD').message}`);
      this.timer = setTimeout(() => {
        this.timer = undefined;
        void this.restore();
      }, RESTORE_AGAIN_MS).unref();
    }
  }

  /** Something is to be saved: soon after it happened, never within a candle's pass, and not too often. */
  changed(): void {
    this.isChanged = true;
    if (!this.hasRead || this.timer !== undefined) return;
    const waitMs = Math.max(SAVE_AFTER_MS, this.savedAt + SAVE_EVERY_MS - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.save();
    }, waitMs).unref();
  }

  /** What was learned since the last time, with the learner. Never rejects: what fails is saved the next time. */
  save(): Promise<void> {
    this.queue = this.queue.then(() => this.write());
    return this.queue;
  }

  /** Saves once more, as long as there is time. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (limit = setTimeout(resolve, LAST_SAVE_LIMIT_MS)));
    await Promise.race([this.save(), late]);
    clearTimeout(limit);
  }

  private async write(): Promise<void> {
    if (!this.hasRead || !this.isChanged) return;
    const { core, clock, store, marketName, keptSamples } = this.parts;
    const samples = [...this.unsaved, ...core.drainSamples()];
    const snapshot = core.snapshot();
    this.isChanged = false;
    this.savedAt = performance.now();
    try {
      await store.save(marketName, { snapshot, samples, at: Math.round(clock.now()) }, keptSamples);
      this.unsaved = [];
    } catch (error) {
      this.unsaved = samples.slice(-MOST_UNSAVED);
      this.logger.warn(`what was learned is not saved yet: ${toAppError(error, 'LEARNING.SAVE').message}`);
      this.changed();
    }
  }

  /** @returns the close of the newest candle that it knows; undefined: it begins anew, and shall not look back */
  private resume(snapshot: unknown): UtcMs | undefined {
    if (snapshot === undefined) return -Infinity;
    try {
      const { now } = snapshot as { now?: unknown };
      if (typeof now === 'number' && this.isAhead(now)) {
        const what = `it knows the market up to ${new Date(now).toISOString()}, and the exchange is not there yet`;
        throw new AppError('rejected', 'LEARNING.AHEAD', what);
      }
      this.parts.core.restore(snapshot);
      return typeof now === 'number' ? now : -Infinity;
    } catch (error) {
      const { message } = toAppError(error, 'LEARNING.RESTORE');
      this.tell(`what was learned is of no use, learning began anew: ${message}`);
      return undefined;
    }
  }

  /** What was decided after the last save, before the process died: the journal has it. Told again, it has no effect. */
  private async remember(knownTo: UtcMs): Promise<void> {
    const { core, clock } = this.parts;
    const now = clock.now();
    const from = Math.max(knownTo - RETRACTED_WITHIN_MS, now - REMEMBERED_MS);
    const { signals, trades } = await this.parts.decidedBetween(from, now);
    for (const { decision, reasons, ...signal } of signals) {
      core.decided(signal, { decision, reasons });
      if (decision === 'refused') core.retracted(signal.id, reasons[0] ?? 'ENTRY_NOT_FILLED');
    }
    for (const trade of trades) core.traded(trade);
    if (signals.length + trades.length > 0) this.changed();
  }

  private async reinstate(champion: StoredChampion | undefined): Promise<void> {
    if (champion === undefined) return;
    const { core, clock, store, marketName } = this.parts;
    const { id, featureVersion, trainedTo, state } = champion;
    try {
      if (featureVersion !== FEATURE_VERSION || this.isAhead(trainedTo)) {
        const what = `it is of features ${featureVersion}, trained up to ${new Date(trainedTo).toISOString()}`;
        throw new AppError('rejected', 'MODEL.UNFIT', what);
      }
      core.install({ id, predictor: ForestPredictor.restore(state) });
      this.changed();
    } catch (error) {
      const { message } = toAppError(error, 'MODEL.RESTORE');
      this.tell(`the champion ${id} is of no use, the online learner judges: ${message}`);
      const at = Math.round(clock.now());
      await store.promote(marketName, { model: ONLINE, at, reason: 'unusable', detail: message });
    }
  }

  private tell(flaw: string): void {
    this.flaw = flaw;
    this.logger.error(flaw);
  }

  private isAhead(at: UtcMs): boolean {
    return at > this.parts.clock.now() + CLOCK_SLACK_MS;
  }
}
