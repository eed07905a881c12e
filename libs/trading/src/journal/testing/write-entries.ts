/** Entries of one kind as a batch, and what a spec wants to know of it. */
import type { Fill, FundingPayment } from '../../core/broker';
import type { Order, OrderIntent } from '../../core/order';
import type { PositionPlan, Trade } from '../../core/position';
import type { JournalWriter } from '../append';
import type { Journal } from '../journal';

/** @returns what the journal now holds for each */
export async function writeIntents(
  journal: Journal,
  writer: JournalWriter,
  intents: readonly OrderIntent[],
): Promise<readonly Order[]> {
  const written = await journal.append(
    writer,
    intents.map((intent) => ({ kind: 'intent', intent })),
  );
  return written.intents;
}

/** @returns the order as the journal holds it where that had come further */
export async function saveOrder(
  journal: Journal,
  writer: JournalWriter,
  order: Order,
): Promise<Order | undefined> {
  return (await journal.append(writer, [{ kind: 'order', order }])).staleOrders[0];
}

/** @returns those that were new, as addFundings */
export async function addFills(
  journal: Journal,
  writer: JournalWriter,
  fills: readonly Fill[],
): Promise<readonly Fill[]> {
  const written = await journal.append(
    writer,
    fills.map((fill) => ({ kind: 'fill', fill })),
  );
  return written.newFills;
}

export async function addFundings(
  journal: Journal,
  writer: JournalWriter,
  payments: readonly FundingPayment[],
): Promise<readonly FundingPayment[]> {
  const written = await journal.append(
    writer,
    payments.map((payment) => ({ kind: 'funding', payment })),
  );
  return written.newFundings;
}

export async function savePosition(
  journal: Journal,
  writer: JournalWriter,
  plan: PositionPlan,
): Promise<void> {
  await journal.append(writer, [{ kind: 'position', plan }]);
}

export async function closePosition(journal: Journal, writer: JournalWriter, trade: Trade): Promise<void> {
  await journal.append(writer, [{ kind: 'trade', trade }]);
}
