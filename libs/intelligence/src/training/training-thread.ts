/**
 * Trains off the event loop, in a thread of its own that ends with its answer. Samples are handed over portion by portion,
 * so that no candle waits for them.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { AppError } from '@slt/domain';
import type { Sample } from '../core/sample';
import type { TrainingResult } from '../core/training';
import type { FromTrainer, ToTrainer, TrainingOrder } from './training-messages';

/** Far above what the largest training needs; a defect must not take the trader's memory. */
const MOST_MEMORY_MB = 512;
const COMPILED = join(__dirname, 'training-worker.js');

export interface Trainer {
  /**
   * @param portions of samples, in any order
   * @throws AppError as `runTraining` does; transient, `LEARNING.INTERRUPTED`
   */
  train(
    portions: AsyncIterable<readonly Sample[]>,
    order: TrainingOrder,
    signal: AbortSignal,
  ): Promise<TrainingResult>;
}

export class TrainingThread implements Trainer {
  /** @param execArgv what the thread needs beside the compiled file to run */
  constructor(
    private readonly file = COMPILED,
    private readonly execArgv: readonly string[] = [],
  ) {}

  async train(
    portions: AsyncIterable<readonly Sample[]>,
    order: TrainingOrder,
    signal: AbortSignal,
  ): Promise<TrainingResult> {
    const worker = new Worker(this.file, {
      execArgv: [...this.execArgv],
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
    const answer = answerOf(worker, signal);
    // Whoever sends may fail first: then nobody asks for the answer.
    answer.catch(() => undefined);
    const end = (): void => void worker.terminate();
    signal.addEventListener('abort', end, { once: true });
    try {
      for await (const samples of portions) {
        if (signal.aborted) break;
        worker.postMessage({ kind: 'samples', samples } satisfies ToTrainer);
        await turn();
      }
      worker.postMessage({ kind: 'train', order } satisfies ToTrainer);
      return await answer;
    } finally {
      signal.removeEventListener('abort', end);
      await worker.terminate();
    }
  }
}

function answerOf(worker: Worker, signal: AbortSignal): Promise<TrainingResult> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: FromTrainer) => {
      if (message.kind === 'trained') return resolve(message.result);
      const { kind, code, message: text } = message.error;
      reject(new AppError(kind, code, text));
    });
    worker.once('error', (error) =>
      reject(
        new AppError('broken-invariant', 'LEARNING.TRAINING', `the training failed: ${error.message}`, {
          cause: error,
        }),
      ),
    );
    worker.once('exit', () => {
      const why = signal.aborted ? 'the service stops' : 'its thread ended';
      reject(new AppError('transient', 'LEARNING.INTERRUPTED', `the training was broken off: ${why}`));
    });
  });
}

/** In the caller's own thread: where nothing was compiled, as in tests, and for tools that have nothing else to do. */
export class InlineTrainer implements Trainer {
  async train(
    portions: AsyncIterable<readonly Sample[]>,
    order: TrainingOrder,
    signal: AbortSignal,
  ): Promise<TrainingResult> {
    const { runTraining } = await import('./run-training.js');
    const samples: Sample[] = [];
    for await (const portion of portions) samples.push(...portion);
    if (signal.aborted) {
      throw new AppError('transient', 'LEARNING.INTERRUPTED', 'the training was broken off');
    }
    return runTraining(samples, order);
  }
}

export const usualTrainer = (): Trainer =>
  existsSync(COMPILED) ? new TrainingThread() : new InlineTrainer();
