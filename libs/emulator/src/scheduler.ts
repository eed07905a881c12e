/** Runs tasks at instants of exchange time, with one timer for all of them. */
import type { UtcMs } from '@slt/domain';
import type { ExchangeTime } from './exchange-time';

/** Timers beyond this many milliseconds overflow; wake up and look again. */
const LONGEST_TIMER_MS = 2 ** 30;

interface Entry {
  readonly dueAt: UtcMs;
  readonly order: number;
  readonly run: () => void;
}

export class Scheduler {
  private readonly heap: Entry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private timerDueAt = Infinity;
  private order = 0;
  private closed = false;
  private inRun = false;

  constructor(private readonly time: ExchangeTime) {}

  /** Runs the task once the exchange's clock shows `dueAt`; tasks due at the same instant run in order of entry. */
  at(dueAt: UtcMs, run: () => void): void {
    if (this.closed) return;
    push(this.heap, { dueAt, order: this.order++, run });
    this.arm();
  }

  close(): void {
    this.closed = true;
    this.heap.length = 0;
    clearTimeout(this.timer);
  }

  private arm(): void {
    const next = this.heap[0];
    if (next === undefined || this.closed || this.inRun || next.dueAt >= this.timerDueAt) return;
    clearTimeout(this.timer);
    this.timerDueAt = next.dueAt;
    const waitMs = this.time.toWallMs(next.dueAt - this.time.running());
    this.timer = setTimeout(() => this.runDue(), Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(waitMs))));
  }

  private runDue(): void {
    this.timerDueAt = Infinity;
    this.inRun = true;
    // One reading for the whole run: a task that schedules its successor in the past must not starve the event loop.
    const now = this.time.running();
    for (let next = this.heap[0]; next !== undefined && next.dueAt <= now; next = this.heap[0]) {
      pop(this.heap);
      next.run();
    }
    this.inRun = false;
    this.arm();
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(entry, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
}
