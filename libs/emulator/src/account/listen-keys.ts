/** Listen keys: one per account, valid for an hour of wall time, longer with each renewal. */
import { createHash } from 'node:crypto';
import type { DurationMs } from '@slt/domain';

interface Entry {
  readonly listenKey: string;
  readonly account: string;
  timer: NodeJS.Timeout | undefined;
}

export class ListenKeys {
  private readonly byAccount = new Map<string, Entry>();
  private readonly byKey = new Map<string, Entry>();
  private issued = 0;

  /**
   * @param lifetimeMs wall time
   * @param onExpired told when a key's time is over; it is dead by then
   */
  constructor(
    private readonly lifetimeMs: DurationMs,
    private readonly onExpired: (listenKey: string, account: string) => void,
  ) {}

  /** The account's valid key, extended, or a new one. */
  open(account: string): string {
    const known = this.byAccount.get(account);
    if (known !== undefined) {
      this.extend(known);
      return known.listenKey;
    }
    const entry: Entry = { listenKey: this.invent(account), account, timer: undefined };
    this.byAccount.set(account, entry);
    this.byKey.set(entry.listenKey, entry);
    this.extend(entry);
    return entry.listenKey;
  }

  /** @returns the key, or undefined when the account has none that is valid */
  renew(account: string): string | undefined {
    const entry = this.byAccount.get(account);
    if (entry === undefined) return undefined;
    this.extend(entry);
    return entry.listenKey;
  }

  /** The account's valid key. */
  of(account: string): string | undefined {
    return this.byAccount.get(account)?.listenKey;
  }

  accountOf(listenKey: string): string | undefined {
    return this.byKey.get(listenKey)?.account;
  }

  /** Ends the account's key at once; nobody is told. @returns the key that was */
  kill(account: string): string | undefined {
    const entry = this.byAccount.get(account);
    if (entry === undefined) return undefined;
    clearTimeout(entry.timer);
    this.byAccount.delete(account);
    this.byKey.delete(entry.listenKey);
    return entry.listenKey;
  }

  /** Accounts with a valid key. */
  accounts(): string[] {
    return [...this.byAccount.keys()];
  }

  close(): void {
    for (const { timer } of this.byAccount.values()) clearTimeout(timer);
    this.byAccount.clear();
    this.byKey.clear();
  }

  private extend(entry: Entry): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => {
      this.kill(entry.account);
      this.onExpired(entry.listenKey, entry.account);
    }, this.lifetimeMs);
    // An exchange that waits for nothing else ends.
    entry.timer.unref();
  }

  /** 64 letters and digits, never twice. */
  private invent(account: string): string {
    const text = `${account} ${++this.issued} ${Date.now()}`;
    return createHash('sha512').update(text).digest('base64').replace(/[+/=]/g, '').slice(0, 64);
  }
}
