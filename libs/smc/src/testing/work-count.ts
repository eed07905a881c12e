/**
 * Counts work instead of timing it: how many blocks of our own code ran, by V8's precise coverage. The same input gives
 * the same number on every machine, however busy.
 */
import { Session, type Profiler } from 'node:inspector/promises';

export interface WorkCounter {
  /** How many basic blocks have run since the last call; each turn of a loop counts. */
  take(): Promise<number>;
  stop(): void;
}

/**
 * Counts in files whose path contains `folder`. V8 counts blocks only in code that it has not compiled before: start
 * first, then import.
 */
export async function startCounting(folder: string): Promise<WorkCounter> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    take: async () => {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      return result
        .filter((script) => script.url.includes(folder))
        .reduce((sum, script) => sum + runs(script), 0);
    },
    stop: () => session.disconnect(),
  };
}

function runs(script: Profiler.ScriptCoverage): number {
  return script.functions.flatMap((each) => each.ranges).reduce((sum, range) => sum + range.count, 0);
}
