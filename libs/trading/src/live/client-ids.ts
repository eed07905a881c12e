/**
 * Which of our orders an execution belongs to. The list of trades names the exchange's order ids alone; ours are known
 * from every answer and event that passes, and asked for where they are not.
 */
import { type AccountClient, type AccountTrade, isOrderAbsent, PAGE_ROWS } from '@slt/exchange';
import { BoundedMap } from './bounded-map';

interface Named {
  readonly symbol: string;
  readonly orderId: string;
  readonly clientOrderId: string;
}

const REMEMBERED = 50_000;
/** From so many unknown orders of a symbol on, a page of a thousand orders costs less than asking for each. */
const PAGE_WORTH = 5;

export class ClientIds {
  private readonly known = new BoundedMap<string, string>(REMEMBERED);

  constructor(private readonly account: Pick<AccountClient, 'getOrder' | 'ordersFrom'>) {}

  remember({ symbol, orderId, clientOrderId }: Named): void {
    this.known.set(`${symbol} ${orderId}`, clientOrderId);
  }

  /** '' for an order that the exchange has forgotten. */
  of({ symbol, orderId }: Pick<Named, 'symbol' | 'orderId'>): string {
    return this.known.get(`${symbol} ${orderId}`) ?? '';
  }

  /** Asks for the orders of these trades that are not known yet. @throws AppError as the calls */
  async learn(trades: readonly AccountTrade[]): Promise<void> {
    const bySymbol = new Map<string, Set<string>>();
    for (const { symbol, orderId } of trades) {
      if (this.known.get(`${symbol} ${orderId}`) !== undefined) continue;
      const orders = bySymbol.get(symbol) ?? new Set<string>();
      bySymbol.set(symbol, orders.add(orderId));
    }
    for (const [symbol, orderIds] of bySymbol) await this.learnSymbol(symbol, [...orderIds]);
  }

  private async learnSymbol(symbol: string, orderIds: readonly string[]): Promise<void> {
    if (orderIds.length >= PAGE_WORTH) await this.readPages(symbol, orderIds);
    for (const orderId of orderIds) {
      if (this.known.get(`${symbol} ${orderId}`) === undefined) await this.ask(symbol, orderId);
    }
  }

  /** Ascending from the first of them to the last. */
  private async readPages(symbol: string, orderIds: readonly string[]): Promise<void> {
    const ids = orderIds.map(BigInt).sort((a, b) => (a < b ? -1 : 1));
    let from = ids[0]!;
    const last = ids.at(-1)!;
    while (from <= last) {
      const page = await this.account.ordersFrom(symbol, String(from));
      for (const order of page) this.remember(order);
      const reached = page.reduce((highest, { orderId }) => {
        const id = BigInt(orderId);
        return id > highest ? id : highest;
      }, from - 1n);
      if (page.length < PAGE_ROWS || reached < from) return;
      from = reached + 1n;
    }
  }

  private async ask(symbol: string, orderId: string): Promise<void> {
    try {
      this.remember(await this.account.getOrder(symbol, { orderId }));
    } catch (error) {
      if (!isOrderAbsent(error)) throw error;
      this.remember({ symbol, orderId, clientOrderId: '' });
    }
  }
}
