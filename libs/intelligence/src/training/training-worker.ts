/** The thread that trains: it hears samples, then the order, answers once, and ends. */
import { parentPort } from 'node:worker_threads';
import { toAppError } from '@slt/domain';
import type { Sample } from '../core/sample';
import { runTraining } from './run-training';
import type { FromTrainer, ToTrainer } from './training-messages';

const samples: Sample[] = [];

parentPort?.on('message', (message: ToTrainer) => {
  if (message.kind === 'samples') {
    samples.push(...message.samples);
    return;
  }
  parentPort?.postMessage(answer(message));
  parentPort?.close();
});

function answer({ order }: Extract<ToTrainer, { kind: 'train' }>): FromTrainer {
  try {
    return { kind: 'trained', result: runTraining(samples, order) };
  } catch (thrown) {
    const { kind, code, message } = toAppError(thrown, 'LEARNING.TRAINING');
    return { kind: 'failed', error: { kind, code, message } };
  }
}
