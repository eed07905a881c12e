/** All that belongs to accounts, put together: keys, engines, listen keys, private streams and the calls over HTTP. */
import type { UtcMs } from '@slt/domain';
import type { AccountLedger, AlgoSnapshot, BalanceSnapshot, OrderSnapshot } from '../core/account';
import type { ResolvedOptions } from '../emulator-options';
import type { Exchange } from '../exchange';
import type { StreamHub } from '../streams/stream-hub';
import { AccountServer } from './account-server';
import { AccountStreams } from './account-streams';
import { Accounts } from './accounts';
import { ListenKeys } from './listen-keys';

/** Everything that ever happened in an account, and what is open now. */
export interface LedgerReport extends AccountLedger {
  readonly account: string;
  readonly balance: BalanceSnapshot;
  readonly openOrders: readonly OrderSnapshot[];
  /** Not triggered yet, or stuck in triggering. */
  readonly openAlgoOrders: readonly AlgoSnapshot[];
}

export class AccountSide {
  readonly accounts: Accounts;
  readonly streams: AccountStreams;
  readonly listenKeys: ListenKeys;
  readonly server: AccountServer;
  /** The key of the first account. */
  private readonly firstKey: string;

  constructor(
    private readonly exchange: Exchange,
    hub: StreamHub,
    options: ResolvedOptions,
  ) {
    const { apiKey, apiSecret, listenKeyLifetimeMs } = options;
    this.listenKeys = new ListenKeys(listenKeyLifetimeMs, (key) => this.streams.tellExpired(key));
    this.streams = new AccountStreams(exchange, hub, this.listenKeys);
    this.accounts = new Accounts(exchange, options, (account, event) => this.streams.tell(account, event));
    const { accounts, streams, listenKeys } = this;
    this.server = new AccountServer({ exchange, accounts, settings: options, streams, listenKeys });
    this.firstKey = accounts.create({ apiKey, apiSecret, account: 'main' }).apiKey;
  }

  /** @param apiKey default: that of the first account. @throws AppError not-found `EMULATOR.API_KEY` */
  ledger(apiKey = this.firstKey): LedgerReport {
    const account = this.accounts.of(this.accounts.keys.known(apiKey));
    const now = this.exchange.time.now();
    const ledger = account.engine.ledger(now);
    this.accounts.arm(account);
    return {
      ...ledger,
      account: account.name,
      balance: account.engine.reports.balance(now),
      openOrders: ledger.orders.filter(({ status }) => status === 'NEW' || status === 'PARTIALLY_FILLED'),
      openAlgoOrders: ledger.algoOrders.filter(
        ({ algoStatus }) => algoStatus === 'NEW' || algoStatus === 'TRIGGERING',
      ),
    };
  }

  /** Deposit (positive) or withdrawal. @throws AppError not-found; RestError -2018 */
  transfer(amount: string, apiKey = this.firstKey): void {
    const account = this.accounts.of(this.accounts.keys.known(apiKey));
    account.engine.transfer(amount, this.exchange.time.now());
    this.accounts.arm(account);
  }

  /** Brings every account to an instant. */
  advance(now: UtcMs): void {
    for (const account of this.accounts.all()) {
      if (!account.isUsed) continue;
      account.engine.advance(now);
      this.accounts.arm(account);
    }
  }

  close(): void {
    this.listenKeys.close();
  }
}
