/** A paper account for an audit, as it was last saved; a trader may be trading it. */
import type { Clock, UtcMs } from '@slt/domain';
import { PaperAccount } from '../core/paper/paper-account';
import { LEDGER_KEPT_MS } from '../core/paper/paper-ledger';
import type { PostgresPaperStore } from '../paper/postgres-paper-store';
import type { ExchangeAccount, ToldAccount } from './exchange-account';

export class SavedPaperAccount implements ExchangeAccount {
  /** @param initialBalance of an account that was never saved */
  constructor(
    private readonly store: Pick<PostgresPaperStore, 'peek'>,
    private readonly clock: Clock,
    private readonly initialBalance: string,
  ) {}

  async read(since: UtcMs): Promise<ToldAccount> {
    const account = new PaperAccount({
      instrument: () => undefined,
      listener: () => undefined,
      settings: { initialBalance: this.initialBalance },
      snapshot: await this.store.peek(),
    });
    return {
      account: account.account(this.clock.now()),
      orders: account.orders(),
      fills: account.fills(undefined, since),
      fundings: account.fundings(since),
    };
  }

  rememberedFrom(now: UtcMs): UtcMs {
    return now - LEDGER_KEPT_MS;
  }

  unfilledFrom(now: UtcMs): UtcMs {
    return this.rememberedFrom(now);
  }
}
