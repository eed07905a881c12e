import type { JournalEntry } from './entries';
import { SignalQueue } from './signal-queue';
import { aSignal, REFUSED } from './testing/samples';

const entry = (i: number): JournalEntry => ({
  kind: 'signal',
  signal: aSignal({ symbol: `S${i}` }),
  decision: REFUSED,
});

/** Writes end when they are let. */
class SlowTarget {
  readonly sizes: number[] = [];
  private readonly ends: ((error?: Error) => void)[] = [];

  readonly write = (entries: readonly JournalEntry[]): Promise<void> => {
    this.sizes.push(entries.length);
    return new Promise((resolve, reject) => this.ends.push((error) => (error ? reject(error) : resolve())));
  };

  async end(error?: Error): Promise<void> {
    await Promise.resolve();
    this.ends.shift()!(error);
  }
}

describe('the queue of signals', () => {
  it('writes a burst at once, and what comes meanwhile with the next', async () => {
    const target = new SlowTarget();
    const queue = new SignalQueue(target.write);
    const burst = Array.from({ length: 300 }, (_, i) => queue.add(entry(i)));
    await Promise.resolve();
    const later = [queue.add(entry(300)), queue.add(entry(301))];
    await target.end();
    await Promise.all(burst);
    await target.end();
    await Promise.all(later);
    expect(target.sizes).toEqual([300, 2]);
    await queue.drained();
  });

  it('lets a failure be the matter of those it struck', async () => {
    const target = new SlowTarget();
    const queue = new SignalQueue(target.write);
    const first = queue.add(entry(1));
    first.catch(() => undefined);
    await Promise.resolve();
    const second = queue.add(entry(2));
    await target.end(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await target.end();
    await second;
  });

  it('splits what is more than a batch may hold', async () => {
    const sizes: number[] = [];
    const queue = new SignalQueue((entries) => Promise.resolve(sizes.push(entries.length)));
    await Promise.all(Array.from({ length: 2_500 }, (_, i) => queue.add(entry(i))));
    expect(sizes).toEqual([1_000, 1_000, 500]);
  });
});
