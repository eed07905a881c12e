/**
 * What waits in memory for one channel. Bounded: when it is full the least important notification goes, the oldest of
 * them first, and is counted, so that the next message tells of the gap.
 */
import { type Notification, severityRank } from './notification';

export class Outbox {
  private readonly waiting: Notification[] = [];
  private untold = 0;
  private total = 0;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.waiting.length;
  }

  /** Since the outbox was made. */
  get dropped(): number {
    return this.total;
  }

  /** In their order, as they are. */
  get contents(): readonly Notification[] {
    return this.waiting;
  }

  add(notification: Notification): void {
    this.waiting.push(notification);
    if (this.waiting.length <= this.capacity) return;
    this.waiting.splice(this.leastImportant(), 1);
    this.untold++;
    this.total++;
  }

  /** The first `count` and how many were dropped since the last time. */
  take(count: number): { notifications: Notification[]; dropped: number } {
    const dropped = this.untold;
    this.untold = 0;
    return { notifications: this.waiting.splice(0, count), dropped };
  }

  private leastImportant(): number {
    let least = 0;
    for (let i = 1; i < this.waiting.length; i++) {
      if (severityRank(this.waiting[i]!.severity) < severityRank(this.waiting[least]!.severity)) least = i;
    }
    return least;
  }
}
