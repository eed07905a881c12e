/** The real account for an audit: both order services, trades, fundings and what stands now, by REST. */
import { type AccountClient, readAlgoOrders, readOrders } from '@slt/exchange';
import { type Clock, DAY_MS, type UtcMs } from '@slt/domain';
import type { BinanceBroker } from '../binance-broker';
import type { AccountState, Fill, OrderReport } from '../core/broker';
import { plainReport, triggerReport } from '../live/order-reports';
import type { ExchangeAccount, ToldAccount } from './exchange-account';

/** Trades and fundings are kept for three months; a day less than the shortest three are long. */
const REMEMBERED_MS = 88 * DAY_MS;
/** Documented as three days; the last hours of them are not relied on. */
const UNFILLED_MS = 2.5 * DAY_MS;

export class LiveAccount implements ExchangeAccount {
  /** @param broker need not be open */
  constructor(
    private readonly client: AccountClient,
    private readonly broker: Pick<BinanceBroker, 'account' | 'fills' | 'fundings'>,
    private readonly clock: Clock,
  ) {}

  async read(since: UtcMs, symbols: readonly string[]): Promise<ToldAccount> {
    const fills = await this.broker.fills(undefined, since);
    const fundings = await this.broker.fundings(since);
    const before = await this.broker.account();
    const orders = await this.orders(since, new Set([...symbols, ...symbolsOf(before, fills)]));
    // Once more at the end: an order that came meanwhile is then among the open ones at least.
    return { fills, fundings, orders, account: await this.broker.account() };
  }

  rememberedFrom(now: UtcMs): UtcMs {
    return now - REMEMBERED_MS;
  }

  unfilledFrom(now: UtcMs): UtcMs {
    return now - UNFILLED_MS;
  }

  /** A trigger order and the order it became are one. */
  private async orders(since: UtcMs, symbols: ReadonlySet<string>): Promise<OrderReport[]> {
    const span = { since, now: this.clock.now() };
    const algos = [];
    for (const symbol of symbols) algos.push(...(await readAlgoOrders(this.client, symbol, span)));
    const plain = await readOrders(this.client, span);
    const byId = new Map(plain.map((order) => [`${order.symbol} ${order.orderId}`, order]));
    const children = new Set<string>();
    const triggers = algos.map((algo) => {
      const key = `${algo.symbol} ${algo.child?.orderId ?? ''}`;
      children.add(key);
      return triggerReport(algo, byId.get(key));
    });
    const others = plain.filter((order) => !children.has(`${order.symbol} ${order.orderId}`));
    return [...triggers, ...others.map((order) => plainReport(order))];
  }
}

function symbolsOf(account: AccountState, fills: readonly Fill[]): string[] {
  return [...account.positions, ...account.openOrders, ...fills].map(({ symbol }) => symbol);
}
