/** An order desk with all that it stands on: a book, a journal in memory, a broker that answers as told. */
import type { AppError } from '@slt/domain';
import type { Fill } from '../../core/broker';
import type { Order, OrderRole } from '../../core/order';
import type { PositionPlan, Trade } from '../../core/position';
import { draftOf, POSITION_ID, specDigest } from '../../core/spec-orders';
import type { JournalEntry } from '../../journal/entries';
import { AccountBook } from '../account-book';
import { OrderDesk } from '../order-desk';
import { OrderedJournal } from '../ordered-journal';
import { MemoryJournal } from './memory-journal';
import { StubBroker } from './stub-broker';
import { clock } from './virtual-time';

export const SYMBOL = 'BTCUSDT';
const ACCOUNT = { account: 'paper:bench', token: 1 };

/** Long from 100, stop 95, target 110. */
export const PLAN: PositionPlan = {
  id: POSITION_ID,
  symbol: SYMBOL,
  direction: 'long',
  setup: 'block-retest',
  stop: '95',
  target: '110',
  entry: '100',
  confidence: 0.7,
  openedAt: 1_000,
};

export class DeskBench {
  readonly journal = new MemoryJournal();
  readonly broker = new StubBroker();
  readonly broken: AppError[] = [];
  readonly traded: Trade[] = [];
  readonly changed: string[] = [];
  maySend = true;
  mayOpen = true;
  onChanged: (symbol: string) => void = () => undefined;
  readonly writer = new OrderedJournal(
    { append: (entries) => this.journal.append(ACCOUNT, entries) },
    (error) => this.broken.push(error),
  );
  readonly book = new AccountBook({
    journal: (entries) => this.writer.note(entries),
    changed: (symbol) => {
      this.changed.push(symbol);
      this.onChanged(symbol);
    },
    traded: (trade) => this.traded.push(trade),
    filled: () => undefined,
    funded: () => undefined,
  });
  readonly desk = new OrderDesk({
    book: this.book,
    writer: this.writer,
    broker: this.broker,
    clock,
    digest: specDigest,
    reach: () => undefined,
    fencingToken: ACCOUNT.token,
    maySend: () => this.maySend,
    mayOpen: () => this.mayOpen,
    broke: (error) => this.broken.push(error),
  });
  private trades = 0;

  place(role: OrderRole, generation = 1, quantity = '10'): Promise<readonly Order[]> {
    const along: JournalEntry[] = role === 'entry' ? [this.book.plan(PLAN)] : [];
    return this.desk.place([draftOf(role, generation, { quantity })], along);
  }

  /** As the journal last heard of it. */
  statuses(id: string): string[] {
    return this.journal
      .written('order')
      .flatMap(({ order }) => (order.intent.id === id ? [order.status] : []));
  }

  /** An execution of the order, told by the stream. */
  fill(order: Order, quantity: string, given: Partial<Fill> = {}): void {
    const { symbol, clientOrderId, side } = order.intent.order;
    this.book.fill({
      symbol,
      clientOrderId,
      side,
      tradeId: String(++this.trades),
      orderId: `o-${clientOrderId}`,
      quantity,
      price: '100',
      fee: '0.5',
      feeAsset: 'USDT',
      realizedPnl: '0',
      isMaker: false,
      at: clock.now(),
      ...given,
    });
  }
}
