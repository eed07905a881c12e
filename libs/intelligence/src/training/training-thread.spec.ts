import { join } from 'node:path';
import { FEATURE_VERSION, FEATURES } from '../core/features';
import type { Sample } from '../core/sample';
import { BENCH_START, fullSamples } from '../testing/learning-bench';
import type { TrainingOrder } from './training-messages';
import { InlineTrainer, TrainingThread } from './training-thread';

const RUNNER = join(__dirname, '../../../../test/support/run-ts.cjs');
const thread = (): TrainingThread =>
  new TrainingThread(join(__dirname, 'training-worker.ts'), ['--require', RUNNER]);

const order: TrainingOrder = {
  seed: 1,
  now: BENCH_START,
  champion: undefined,
  options: { trees: 2, folds: 2 },
};

async function* portions(samples: readonly Sample[]): AsyncGenerator<readonly Sample[]> {
  for (let from = 0; from < samples.length; from += 200) yield samples.slice(from, from + 200);
}

const never = new AbortController().signal;

describe('a training in a thread', () => {
  // What is not known is NaN, which must arrive as such.
  const samples = fullSamples(600).map((sample, i) => ({
    ...sample,
    features: sample.features.with(2, i % 3 === 0 ? NaN : 0.5),
  }));

  it('gives what it would give here', async () => {
    const there = await thread().train(portions(samples), order, never);
    const here = await new InlineTrainer().train(portions(samples), order, never);
    expect(there).toEqual(here);
    expect(there.challenger).toMatchObject({
      featureVersion: FEATURE_VERSION,
      trainedOn: { samples: 600 },
    });
    expect(FEATURES.length).toBe(samples[0]!.features.length);
  });

  it('fails as it would fail here', async () => {
    await expect(thread().train(portions(samples.slice(0, 10)), order, never)).rejects.toMatchObject({
      kind: 'rejected',
      code: 'LEARNING.TOO_FEW_SAMPLES',
    });
  });

  it('ends at once when told to, and when its samples cannot be read', async () => {
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<readonly Sample[]> {
      yield samples.slice(0, 10);
      stop.abort();
    }
    await expect(thread().train(endless(), order, stop.signal)).rejects.toMatchObject({
      code: 'LEARNING.INTERRUPTED',
    });
    async function* broken(): AsyncGenerator<readonly Sample[]> {
      yield samples.slice(0, 10);
      throw new Error('no rows');
    }
    await expect(thread().train(broken(), order, never)).rejects.toThrow('no rows');
  });
});
