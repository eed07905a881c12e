/**
 * The broker of the real account: REST for what we ask and tell, the account stream for what happens. Nothing here is
 * tried again by itself: each answer says what became of the order, and whoever sent it decides.
 */
import { Logger } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import {
  type AccountClient,
  type AlgoOrder,
  isOrderAbsent,
  type PlainOrder,
  readIncome,
  readTrades,
  type UserEvent,
  type UserEventOf,
  type UserStream,
} from '@slt/exchange';
import { AppError, type Clock, isAppError, toAppError, type UtcMs } from '@slt/domain';
import type {
  AccountState,
  Broker,
  BrokerEvent,
  BrokerListener,
  Fill,
  FundingPayment,
  NewOrder,
  OrderRef,
  OrderReport,
} from './core/broker';
import type { MarginBracket } from './core/risk';
import { AccountSettings } from './live/account-settings';
import { accountState, fillOfEvent, fillOfTrade, fundingOf } from './live/account-state';
import { BracketBook } from './live/bracket-book';
import { ClientIds } from './live/client-ids';
import { FundingWatch } from './live/funding-watch';
import { plainReport } from './live/order-reports';
import { TriggerBook } from './live/trigger-book';

const FUNDING = 'FUNDING_FEE';

export class BinanceBroker implements Broker {
  readonly mode = 'live';
  private readonly logger = new Logger(BinanceBroker.name);
  private readonly settings: AccountSettings;
  private readonly bracketBook: BracketBook;
  private readonly clientIds: ClientIds;
  private readonly triggers = new TriggerBook();
  private subscriptions: Subscription[] = [];
  private listener: BrokerListener | undefined;
  private fundingWatch: FundingWatch | undefined;

  /** @param clock the exchange's */
  constructor(
    private readonly client: AccountClient,
    private readonly stream: UserStream,
    private readonly clock: Clock,
  ) {
    this.settings = new AccountSettings(client);
    this.bracketBook = new BracketBook(
      () => client.allLeverageBrackets(),
      (error) =>
        this.logger.warn(`leverage brackets were not read: ${toAppError(error, 'BROKER.BRACKETS').message}`),
    );
    this.clientIds = new ClientIds(client);
  }

  async open(listener: BrokerListener): Promise<void> {
    if (this.listener !== undefined)
      throw new AppError('broken-invariant', 'BROKER.OPEN', 'the broker is open already');
    this.listener = listener;
    this.fundingWatch = new FundingWatch(
      (since) => this.fundings(since),
      (payment) => this.tell({ kind: 'funding', payment }),
    );
    try {
      await this.settings.ensureModes();
      await this.bracketBook.open();
      await this.client.orderRateLimits();
      // What has triggered while nobody listened tells of itself under these ids.
      for (const algo of await this.client.openAlgoOrders()) this.triggers.report(algo);
      this.subscriptions = [
        this.stream.links.subscribe((isUp) => this.tell({ kind: 'link', isUp })),
        this.stream.events.subscribe((event) => this.take(event)),
      ];
      await this.stream.open();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
    this.fundingWatch?.close();
    this.bracketBook.close();
    this.listener = undefined;
    await this.stream.close();
  }

  prepare(symbol: string, leverage: number): Promise<void> {
    return this.settings.prepare(symbol, leverage);
  }

  brackets(symbol: string): readonly MarginBracket[] | undefined {
    return this.bracketBook.of(symbol);
  }

  async place(order: NewOrder): Promise<OrderReport> {
    if (order.kind === 'market' || order.kind === 'limit') {
      return this.plainReport(await this.client.newOrder(order));
    }
    this.triggers.expect(order);
    return this.triggers.report(await this.client.newAlgoOrder(order));
  }

  async cancel(order: OrderRef): Promise<OrderReport | undefined> {
    return isTrigger(order) ? this.cancelTrigger(order) : this.cancelPlain(order);
  }

  async find(order: OrderRef): Promise<OrderReport | undefined> {
    return isTrigger(order)
      ? this.findTrigger(order)
      : orAbsent(async () => this.plainReport(await this.client.getOrder(order.symbol, idOf(order))));
  }

  /**
   * Orders are asked for before positions: what is filled in between is then seen twice, as an open order and in the
   * position, and not lost between the two.
   */
  async account(): Promise<AccountState> {
    const at = this.clock.now();
    const [plain, algos] = await Promise.all([this.client.openOrders(), this.client.openAlgoOrders()]);
    const [assets, positions] = await Promise.all([this.client.account(), this.client.positionRisk()]);
    const triggers = algos.map((algo) => this.triggers.report(algo));
    const known = new Set(triggers.map(keyOf));
    const others = plain
      .map((order) => this.plainReport(order))
      .filter((report) => !known.has(keyOf(report)));
    return accountState({ at, assets, positions, openOrders: [...others, ...triggers] });
  }

  async fills(symbol: string | undefined, since: UtcMs): Promise<readonly Fill[]> {
    const trades = await readTrades(this.client, symbol, { since, now: this.clock.now() });
    await this.clientIds.learn(trades);
    return trades.map((trade) => fillOfTrade(trade, this.clientIds.of(trade)));
  }

  async fundings(since: UtcMs): Promise<readonly FundingPayment[]> {
    const rows = await readIncome(this.client, FUNDING, { since, now: this.clock.now() });
    return rows.map(fundingOf);
  }

  async cancelAllUnlessRepeated(symbols: readonly string[], withinMs: number): Promise<void> {
    await Promise.all(symbols.map((symbol) => this.client.countdownCancelAll(symbol, withinMs)));
  }

  private async cancelPlain(order: OrderRef): Promise<OrderReport | undefined> {
    const cancelled = await orAbsent(() => this.client.cancelOrder(order.symbol, idOf(order)));
    if (cancelled === undefined) return this.find(order);
    const report = this.plainReport(cancelled);
    if (report.filledQuantity === '0') return report;
    // Answers to changes have no average price.
    return (await this.afterwards(order)) ?? report;
  }

  private async cancelTrigger(order: OrderRef): Promise<OrderReport | undefined> {
    try {
      await this.client.cancelAlgoOrder(idOf(order));
    } catch (error) {
      // Too late: it is triggering, or final. How it stands is the answer.
      if (!isOrderAbsent(error) && !isAppError(error, 'ORDER.TRIGGERING')) throw error;
      return this.find(order);
    }
    return this.afterwards(order);
  }

  /** @throws AppError outcome-unknown: what was asked for has been done, and how the order stands is not known */
  private async afterwards(order: OrderRef): Promise<OrderReport | undefined> {
    try {
      return await this.find(order);
    } catch (cause) {
      const message = `${order.clientOrderId} was cancelled, and then could not be asked for`;
      throw new AppError('outcome-unknown', 'ORDER.UNREAD', message, { cause });
    }
  }

  private async findTrigger(order: OrderRef): Promise<OrderReport | undefined> {
    const algo = await orAbsent(() => this.client.getAlgoOrder(idOf(order)));
    if (algo === undefined || algo.symbol !== order.symbol) return undefined;
    const report = this.triggers.report(algo);
    const child = await this.askChild(algo);
    return child === undefined ? report : (this.triggers.childReport(child) ?? report);
  }

  /** Undefined: there is none yet, or the exchange has forgotten it. */
  private async askChild({ symbol, child }: AlgoOrder): Promise<PlainOrder | undefined> {
    if (child === undefined) return undefined;
    const order = await orAbsent(() => this.client.getOrder(symbol, { orderId: child.orderId }));
    if (order !== undefined) this.clientIds.remember(order);
    return order;
  }

  private plainReport(order: PlainOrder): OrderReport {
    this.clientIds.remember(order);
    return this.triggers.childReport(order) ?? plainReport(order);
  }

  private take(event: UserEvent): void {
    switch (event.kind) {
      case 'order':
        return this.takeOrder(event);
      case 'algo':
        return this.takeAlgo(event.algo);
      case 'account':
        if (event.reason === FUNDING) this.fundingWatch?.notice(event.at);
        return;
      case 'leverage':
        return this.settings.heard(event.symbol, event.leverage);
      case 'margin-call':
        return this.logger.warn(`margin call for ${event.positions.map(({ symbol }) => symbol).join(', ')}`);
      default:
    }
  }

  /** The fill first: whoever hears that an order is final has then heard of all of it. */
  private takeOrder({ order, trade, expiryReason }: UserEventOf<'order'>): void {
    this.clientIds.remember(order);
    if (trade !== undefined) this.tell({ kind: 'fill', fill: fillOfEvent(order, trade) });
    const report = this.triggers.childReport(order, expiryReason) ?? plainReport(order, expiryReason);
    this.tell({ kind: 'order', report });
  }

  private takeAlgo(algo: AlgoOrder): void {
    if (algo.child !== undefined) this.clientIds.remember({ ...algo, orderId: algo.child.orderId });
    this.tell({ kind: 'order', report: this.triggers.report(algo) });
  }

  private tell(event: BrokerEvent): void {
    try {
      this.listener?.(event);
    } catch (error) {
      this.logger.error(
        `the listener failed on ${event.kind}: ${error instanceof Error ? error.message : ''}`,
      );
    }
  }
}

function isTrigger({ kind }: OrderRef): boolean {
  return kind === 'stop' || kind === 'take-profit';
}

/** Ours, never the exchange's: that is what the journal is sure of. */
function idOf({ clientOrderId }: OrderRef): { readonly clientOrderId: string } {
  return { clientOrderId };
}

function keyOf({ symbol, clientOrderId }: OrderRef): string {
  return `${symbol} ${clientOrderId}`;
}

async function orAbsent<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isOrderAbsent(error)) return undefined;
    throw error;
  }
}
