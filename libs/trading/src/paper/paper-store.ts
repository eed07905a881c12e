/** Where a paper account outlives its process. */
import type { PaperSnapshot } from '../core/paper/paper-snapshot';

export interface PaperStore {
  /** The account with all its entries, as JSON; undefined: there is none yet. @throws AppError */
  load(): Promise<unknown>;
  /**
   * All or nothing. The snapshot holds only the entries since the last one that was saved.
   * @throws AppError transient; broken-invariant, `PAPER.FENCED`, when another process has saved meanwhile
   */
  save(snapshot: PaperSnapshot): Promise<void>;
}
