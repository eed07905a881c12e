/** Tells stores when what they hold may have holes, so that they read their state again. */
import { signal } from '@preact/signals';

/** Counts the times; an effect or a resource that reads it runs again with each. */
export const resyncs = signal(0);

export function resync(): void {
  resyncs.value++;
}
