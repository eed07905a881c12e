/** A paper store that lives as long as the test, and fails when told; what is in it has been through JSON. */
import { AppError } from '@slt/domain';
import type { PaperSnapshot } from '../core/paper/paper-snapshot';
import type { PaperStore } from '../paper/paper-store';

export class MemoryPaperStore implements PaperStore {
  saves = 0;
  /** Every save fails with it while it stands. */
  failure: AppError | undefined;
  private account: string | undefined;
  private entries: string[] = [];
  private onSaved: (image: MemoryPaperStore) => void = () => undefined;

  set isDown(isDown: boolean) {
    this.failure = isDown ? new AppError('transient', 'TEST.DOWN', 'the store is down') : undefined;
  }

  load(): Promise<unknown> {
    if (this.account === undefined) return Promise.resolve(undefined);
    const entries: unknown[] = this.entries.map((entry) => JSON.parse(entry) as unknown);
    return Promise.resolve({ account: JSON.parse(this.account) as unknown, entries });
  }

  async save({ account, entries }: PaperSnapshot): Promise<void> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    this.saves++;
    this.account = JSON.stringify(account);
    for (const entry of entries) this.entries.push(JSON.stringify(entry));
    await Promise.resolve();
    this.onSaved(this.copy());
  }

  /** What a crash would leave now. */
  copy(): MemoryPaperStore {
    const copy = new MemoryPaperStore();
    copy.account = this.account;
    copy.entries = [...this.entries];
    return copy;
  }

  /** Shows each state that a crash could leave, before anyone hears that it is saved. */
  watched(onSaved: (image: MemoryPaperStore) => void): this {
    this.onSaved = onSaved;
    return this;
  }

  dropLastEntry(): void {
    this.entries.pop();
  }
}
