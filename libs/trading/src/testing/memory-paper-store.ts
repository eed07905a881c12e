/** A paper store that lives as long as the test, and fails when told; what is in it has been through JSON. */
import { AppError } from '@slt/domain';
import type { PaperSnapshot } from '../core/paper/paper-snapshot';
import type { PaperStore } from '../paper/paper-store';

export class MemoryPaperStore implements PaperStore {
  saves = 0;
  /** Saves fail while it stands. */
  isDown = false;
  private account: string | undefined;
  private readonly entries: string[] = [];

  load(): Promise<unknown> {
    if (this.account === undefined) return Promise.resolve(undefined);
    const entries: unknown[] = this.entries.map((entry) => JSON.parse(entry) as unknown);
    return Promise.resolve({ account: JSON.parse(this.account) as unknown, entries });
  }

  async save({ account, entries }: PaperSnapshot): Promise<void> {
    await Promise.resolve();
    if (this.isDown) throw new AppError('transient', 'TEST.DOWN', 'the store is down');
    this.saves++;
    this.account = JSON.stringify(account);
    for (const entry of entries) this.entries.push(JSON.stringify(entry));
  }
}
