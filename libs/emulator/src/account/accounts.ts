/** The accounts of the exchange: one engine each, brought forward by the exchange's clock while there is something to do. */
import { AppError, type UtcMs } from '@slt/domain';
import { AccountEngine, type AccountEvent, type AlgoSnapshot } from '../core/account';
import type { Exchange } from '../exchange';
import { ApiKeys, type ApiKey, type NewApiKey } from './api-keys';

export interface AccountSettings {
  /** USDT, decimal text: what a new account starts with. */
  readonly initialBalance: string;
  /** Shares of notional, decimal text. */
  readonly makerFee: string;
  readonly takerFee: string;
  /** Of a symbol before it is set. */
  readonly defaultLeverage: number;
  readonly longOrderIds: 'some' | 'all' | 'none';
  readonly seed: number;
}

/** One change of an isolated position's margin. */
export interface MarginChange {
  readonly symbol: string;
  readonly type: 1 | 2;
  readonly amount: string;
  readonly positionSide: string;
  readonly time: UtcMs;
}

/** An account with what the engine does not know of. */
export class Account {
  /** Signed for contracts on stocks and the like (-4411 before that). */
  hasSignedAgreement = false;
  readonly marginChanges: MarginChange[] = [];
  private made: AccountEngine | undefined;

  constructor(
    readonly name: string,
    private readonly make: () => AccountEngine,
  ) {}

  /** Whether anything was asked of it yet. */
  get isUsed(): boolean {
    return this.made !== undefined;
  }

  /** Made when first asked for: most emulators only show a market. */
  get engine(): AccountEngine {
    return (this.made ??= this.make());
  }
}

/** Wall time between two looks at an account at least, so that a fast clock does not take the whole machine. */
const LEAST_WAIT_MS = 10;

export class Accounts {
  readonly keys = new ApiKeys();
  private readonly byName = new Map<string, Account>();
  /** When each account is looked at next. */
  private readonly wakeAt = new Map<string, UtcMs>();

  constructor(
    private readonly exchange: Exchange,
    private readonly settings: AccountSettings,
    private readonly tell: (account: string, event: AccountEvent) => void,
  ) {}

  /**
   * A new key, with a new account unless it names one that exists.
   * @throws AppError invalid `EMULATOR.API_KEY`, `EMULATOR.BALANCE`
   */
  create(given: NewApiKey & { readonly balance?: string } = {}): ApiKey {
    const { balance = this.settings.initialBalance, ...named } = given;
    if (!isBalance(balance)) {
      throw new AppError('invalid', 'EMULATOR.BALANCE', `a balance must be like "10000.5", not ${balance}`);
    }
    const key = this.keys.add(named);
    if (!this.byName.has(key.account)) this.open(key.account, balance);
    return key;
  }

  of(key: ApiKey): Account {
    return this.named(key.account);
  }

  /** @throws AppError not-found `EMULATOR.ACCOUNT` */
  named(name: string): Account {
    const account = this.byName.get(name);
    if (account === undefined)
      throw new AppError('not-found', 'EMULATOR.ACCOUNT', `there is no account "${name}"`);
    return account;
  }

  all(): Account[] {
    return [...this.byName.values()];
  }

  /** To be called whenever something may have changed what an account waits for. */
  arm(account: Account): void {
    if (!account.isUsed) return;
    const { time, scheduler } = this.exchange;
    const { name, engine } = account;
    const due = engine.nextDueAt();
    if (due === undefined || (time.end !== undefined && due > time.end)) return;
    const dueAt = Math.max(due, time.running() + LEAST_WAIT_MS * time.speed);
    if (dueAt >= (this.wakeAt.get(name) ?? Infinity)) return;
    this.wakeAt.set(name, dueAt);
    scheduler.at(dueAt, () => this.wake(name, dueAt));
  }

  private wake(name: string, dueAt: UtcMs): void {
    // A later call has asked for an earlier look: that one has seen to this.
    if (this.wakeAt.get(name) !== dueAt) return;
    this.wakeAt.delete(name);
    const account = this.named(name);
    account.engine.advance(this.exchange.time.now());
    this.arm(account);
  }

  private open(name: string, initialBalance: string): void {
    const { market, time, faults } = this.exchange;
    const { makerFee, takerFee, defaultLeverage, longOrderIds, seed } = this.settings;
    const isStuck = (algo: AlgoSnapshot): boolean =>
      faults.hit('stuck-algo', { target: 'rest', symbol: algo.symbol, params: textOf(algo) }) !== undefined;
    const options = { market, initialBalance, longOrderIds, makerFee, takerFee, defaultLeverage, isStuck };
    const openedAt = time.now();
    // Accounts of one exchange differ in their ids and in their luck.
    const ownSeed = seed * 1_000 + this.byName.size;
    const make = (): AccountEngine => {
      const engine = new AccountEngine({ ...options, openedAt, seed: ownSeed });
      engine.onEvent((event) => this.tell(name, event));
      return engine;
    };
    this.byName.set(name, new Account(name, make));
  }
}

function textOf(algo: AlgoSnapshot): (field: string) => string | undefined {
  const fields = algo as unknown as Readonly<Record<string, string | number | boolean | bigint | undefined>>;
  return (field) => (fields[field] === undefined ? undefined : String(fields[field]));
}

/** USDT as text: up to eight decimals, no sign. */
export function isBalance(text: unknown): text is string {
  return typeof text === 'string' && /^\d{1,15}(\.\d{1,8})?$/.test(text);
}
