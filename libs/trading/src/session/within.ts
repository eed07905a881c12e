import type { DurationMs } from '@slt/domain';

/** Resolves when the work has ended, however, or the time is up; wall time. */
export async function within(work: Promise<unknown>, limitMs: DurationMs): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
