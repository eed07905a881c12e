/**
 * Saves the account before it tells what happened in it: nobody ever knows of a fill that a crash could take back.
 * Changes that come while a save is under way go together into the next one.
 */
import { Logger } from '@nestjs/common';
import { AppError, isAppError, toAppError } from '@slt/domain';
import type { BrokerEvent } from '../core/broker';
import type { PaperSnapshot } from '../core/paper/paper-snapshot';
import type { PaperStore } from './paper-store';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

export interface DurableEventsParts {
  readonly store: PaperStore;
  readonly snapshot: (afterSeq: number) => PaperSnapshot;
  readonly tell: (event: BrokerEvent) => void;
  /** The account cannot be kept any more. */
  readonly onBroken: (error: AppError) => void;
}

export class DurableEvents {
  private readonly logger = new Logger('PaperBroker');
  private waiting: BrokerEvent[] = [];
  private isDirty = false;
  private current: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private failures = 0;
  private isClosed = false;

  /** @param savedSeq number of the newest entry that the store has */
  constructor(
    private readonly parts: DurableEventsParts,
    private savedSeq: number,
  ) {}

  push(event: BrokerEvent): void {
    this.waiting.push(event);
    this.isDirty = true;
  }

  /** Whether something is not saved yet. */
  get hasNews(): boolean {
    return this.isDirty;
  }

  /** Something has changed without an event. */
  touch(): void {
    this.isDirty = true;
  }

  /** Resolves when all that has happened so far is saved and told. @throws AppError when it could not be saved */
  settled(): Promise<void> {
    if (!this.isDirty) return this.current;
    this.next ??= this.current
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        this.current = this.save();
        return this.current;
      });
    return this.next;
  }

  /** As settled, for whoever does not wait: what fails is tried again by itself. */
  settle(): void {
    this.settled().catch(() => undefined);
  }

  /** No save begins any more. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
  }

  private async save(): Promise<void> {
    if (!this.isDirty) return;
    if (this.isClosed) throw new AppError('transient', 'PAPER.CLOSED', 'the paper broker is closed');
    clearTimeout(this.retry);
    const events = this.waiting;
    this.waiting = [];
    this.isDirty = false;
    try {
      const snapshot = this.parts.snapshot(this.savedSeq);
      await this.parts.store.save(snapshot);
      this.savedSeq = snapshot.account.entrySeq;
      this.failures = 0;
    } catch (error) {
      this.waiting = [...events, ...this.waiting];
      this.isDirty = true;
      throw this.explain(error);
    }
    for (const event of events) this.parts.tell(event);
  }

  private explain(error: unknown): AppError {
    const known = toAppError(error, 'PAPER.NOT_SAVED');
    if (isAppError(error) && error.kind === 'transient') this.scheduleRetry(known);
    else this.parts.onBroken(known);
    return known;
  }

  private scheduleRetry(error: AppError): void {
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures++);
    this.logger.warn(`the paper account could not be saved, again in ${wait} ms: ${error.message}`);
    clearTimeout(this.retry);
    if (!this.isClosed) this.retry = setTimeout(() => this.settle(), wait);
  }
}
