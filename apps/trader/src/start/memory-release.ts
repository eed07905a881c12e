/**
 * Garbage collections when the first warm-up is over: docs/adr/0053. What it leaves behind, bodies of pages and then columns that have been
 * written, is tens of megabytes that V8 has no hurry to collect while nothing presses, and that the first minutes would be laid on top of.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ClusterEvent, ClusterService } from '@slt/cluster';

/** Once whoever waits for readiness has been answered, and again while the last files are written. */
const AFTER_MS: readonly number[] = [1_000, 5_000];

/** @returns what ends it */
export function releaseMemoryAfterWarmUp(
  cluster: Pick<ClusterService, 'events'>,
  { collect = collectGarbage, afterMs = AFTER_MS } = {},
): () => void {
  let timers: readonly NodeJS.Timeout[] = [];
  const subscription = cluster.events.subscribe((event: ClusterEvent) => {
    if (event.type !== 'phase' || event.phase !== 'streaming') return;
    subscription.unsubscribe();
    timers = afterMs.map((ms) => setTimeout(collect, ms).unref());
  });
  return () => {
    subscription.unsubscribe();
    for (const timer of timers) clearTimeout(timer);
  };
}

/** Stops this process for 0.05 to 0.1 s on a heap of 100 MB. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}
