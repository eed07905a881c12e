/** The process that trains: it hears one order, reads the samples itself, answers, and ends; with its parent it ends, too. */
import { databaseError } from '@slt/database';
import { toAppError } from '@slt/domain';
import { Client } from 'pg';
import type { Sample } from '../core/sample';
import { type Ask, samplePages } from '../store/sample-pages';
import type { SelectedSample } from '../store/rows';
import { runTraining } from './run-training';
import type { TrainingAnswer, TrainingMessage } from './training-messages';

process.once('message', (message: TrainingMessage) => {
  void answer(message).then((told) => process.send?.(told, () => process.disconnect()));
});

// Ctrl-C on a terminal reaches every process of it: the parent decides what ends.
process.on('SIGINT', () => undefined);

async function answer(message: TrainingMessage): Promise<TrainingAnswer> {
  try {
    const { samples, refused } = await read(message);
    return { kind: 'trained', refused, result: runTraining(samples, message.order) };
  } catch (thrown) {
    const { kind, code, message: text } = toAppError(thrown, 'LEARNING.TRAINING');
    return { kind: 'failed', error: { kind, code, message: text } };
  }
}

/** @throws AppError as Database.query does */
async function read({ url, order }: TrainingMessage): Promise<{ samples: Sample[]; refused: number }> {
  const client = new Client({ connectionString: url });
  const samples: Sample[] = [];
  let refused = 0;
  try {
    await client.connect();
    const ask: Ask = async (text, values) => (await client.query<SelectedSample>(text, [...values])).rows;
    const pages = samplePages(ask, order.market, order.samples, (rows) => (refused += rows));
    for await (const page of pages) samples.push(...page);
  } catch (error) {
    throw databaseError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
  return { samples, refused };
}
