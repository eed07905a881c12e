/**
 * Trains off the event loop, in a process of its own that ends with its answer. Not in a thread: what a thread takes of
 * memory stays the trader's (docs/adr/0095). It reads its samples itself.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@slt/database';
import { AppError } from '@slt/domain';
import type { Sample } from '../core/sample';
import type { TrainingResult } from '../core/training';
import type { IntelligenceStore } from '../store/intelligence-store';
import type { TrainingAnswer, TrainingMessage, TrainingOrder } from './training-messages';

/** Far above what the largest training needs; a defect must not take the machine's memory. */
const MOST_MEMORY_MB = 512;
/** Of 19: whatever trades on this machine goes first. */
const NICENESS = 10;
const COMPILED = join(__dirname, 'training-child.js');

export interface Trainer {
  /** @throws AppError as `runTraining` does, and the database; transient, `LEARNING.INTERRUPTED` */
  train(order: TrainingOrder, signal: AbortSignal): Promise<TrainingOutcome>;
}

export interface TrainingOutcome {
  readonly result: TrainingResult;
  /** Rows of the database that are no samples. */
  readonly refused: number;
}

export class TrainingProcess implements Trainer {
  /** @param execArgv what Node needs beside the compiled file to run it */
  constructor(
    private readonly database: Pick<Database, 'url'>,
    private readonly file = COMPILED,
    private readonly execArgv: readonly string[] = [],
  ) {}

  async train(order: TrainingOrder, signal: AbortSignal): Promise<TrainingOutcome> {
    const url = await this.database.url();
    const child = fork(this.file, {
      execArgv: [`--max-old-space-size=${MOST_MEMORY_MB}`, ...this.execArgv],
    });
    const answer = answerOf(child, signal);
    const end = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', end, { once: true });
    try {
      yieldTo(child);
      // Where it has ended already, its end is the answer.
      child.send({ url, order } satisfies TrainingMessage, () => undefined);
      if (signal.aborted) end();
      return await answer;
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }
}

function yieldTo({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, NICENESS);
  } catch {
    // Some sandboxes forbid it: then it takes its share as any other.
  }
}

function answerOf(child: ChildProcess, signal: AbortSignal): Promise<TrainingOutcome> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: TrainingAnswer) => {
      if (message.kind === 'trained') return resolve({ result: message.result, refused: message.refused });
      const { kind, code, message: text } = message.error;
      reject(new AppError(kind, code, text));
    });
    const broken = (why: string, cause?: unknown): void =>
      reject(
        new AppError('transient', 'LEARNING.INTERRUPTED', `the training was broken off: ${why}`, { cause }),
      );
    child.once('error', (error) => broken(error.message, error));
    child.once('exit', (code, killer) =>
      broken(signal.aborted ? 'the service stops' : `its process ended (${killer ?? code})`),
    );
  });
}

/** In the caller's own process: where nothing was compiled, as in tests. */
export class InlineTrainer implements Trainer {
  constructor(private readonly store: Pick<IntelligenceStore, 'samples'>) {}

  async train(order: TrainingOrder, signal: AbortSignal): Promise<TrainingOutcome> {
    const { runTraining } = await import('./run-training.js');
    const samples: Sample[] = [];
    let refused = 0;
    const pages = this.store.samples(order.market, order.samples, (rows) => (refused += rows));
    for await (const page of pages) samples.push(...page);
    if (signal.aborted) {
      throw new AppError(
        'transient',
        'LEARNING.INTERRUPTED',
        'the training was broken off: the service stops',
      );
    }
    return { result: runTraining(samples, order), refused };
  }
}

export const usualTrainer = (database: Database, store: IntelligenceStore): Trainer =>
  existsSync(COMPILED) ? new TrainingProcess(database) : new InlineTrainer(store);
