/** What is to happen at known instants: expiries, steps of algo orders, funding. First in time first, then first noted. */
import type { UtcMs } from '@slt/domain';

interface Entry {
  readonly at: UtcMs;
  readonly run: (at: UtcMs) => void;
}

export class Agenda {
  /** Ascending; entries of one instant in the order they were noted. Short: searching from the end is cheap. */
  private readonly entries: Entry[] = [];

  get nextAt(): UtcMs | undefined {
    return this.entries[0]?.at;
  }

  /** What has lost its object by then must see so itself. */
  note(at: UtcMs, run: (at: UtcMs) => void): void {
    let place = this.entries.length;
    while (place > 0 && this.entries[place - 1]!.at > at) place--;
    this.entries.splice(place, 0, { at, run });
  }

  /** Runs all that is due, also what is noted meanwhile. */
  runDue(now: UtcMs): void {
    for (let entry = this.entries[0]; entry !== undefined && entry.at <= now; entry = this.entries[0]) {
      this.entries.shift();
      entry.run(entry.at);
    }
  }
}
