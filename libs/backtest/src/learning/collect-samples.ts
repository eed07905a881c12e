/** Labelled signals of recorded candles: what a model is trained on before it has lived through anything itself. */
import type { Sample } from '@slt/intelligence';
import { type BacktestOptions, runBacktest } from '../backtest';

/**
 * As a backtest that learns would have labelled them, in the order in which outcomes were known.
 * @throws AppError as `runBacktest` does
 */
export async function collectSamples(options: Omit<BacktestOptions, 'learn' | 'scorer'>): Promise<Sample[]> {
  const collected: Sample[] = [];
  const onSamples = (samples: readonly Sample[]): void => void collected.push(...samples);
  await runBacktest({ ...options, charts: 0, learn: { seed: 0, trainEveryMs: 0, onSamples } });
  return collected;
}
