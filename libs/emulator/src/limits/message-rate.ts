/** How many messages a client may send on one stream connection in a second of wall time. */

export class MessageRate {
  private readonly times: number[] = [];
  private next = 0;

  constructor(private readonly perSecond: number) {}

  /** @returns false when this message is one too many within the last second */
  admit(nowMs: number): boolean {
    const oldest = this.times[this.next];
    if (oldest !== undefined && nowMs - oldest < 1_000) return false;
    this.times[this.next] = nowMs;
    this.next = (this.next + 1) % this.perSecond;
    return true;
  }
}
