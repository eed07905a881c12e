/**
 * The journal against the emulator's ledger, which knows everything: no order lost or doubled, no position without its
 * stop, and every figure the same to the last digit. Shares no code with what it judges.
 */
import Big from 'big.js';
import type { AlgoSnapshot, LedgerReport, OrderSnapshot } from '@slt/emulator';
import type { FillRow, JournalRows, OrderRow } from './journal-rows';

const OURS = /^slt-[estx]-/;

/** Each in words, with both sides; the first word is its class. Empty: they are equal. */
export function flawsBetween(journal: JournalRows, ledger: LedgerReport): string[] {
  return [
    ...orderFlaws(journal, ledger),
    ...fillFlaws(journal, ledger),
    ...fundingFlaws(journal, ledger),
    ...positionFlaws(journal, ledger),
    ...stopFlaws(ledger),
    ...balanceFlaws(journal, ledger),
    ...tradeFlaws(journal),
  ];
}

interface Told {
  readonly state: string;
  readonly filled: string;
  readonly count: number;
}

function orderFlaws(journal: JournalRows, ledger: LedgerReport): string[] {
  const told = toldOrders(ledger);
  const known = new Set(journal.orders.map((order) => order.clientOrderId));
  const lost = [...told].filter(([id]) => !known.has(id));
  return [
    ...lost.map(([id, { state }]) => `lost: order ${id}, ${state}, is not in the journal`),
    ...[...told]
      .filter(([, { count }]) => count > 1)
      .map(([id, { count }]) => `doubled: ${id}, ${count} times`),
    ...journal.orders.flatMap((order) => orderFlaw(order, told.get(order.clientOrderId))),
    ...doubledEntries(journal),
  ];
}

function orderFlaw(order: OrderRow, told: Told | undefined): string[] {
  const name = `${order.intentId} (${order.clientOrderId})`;
  if (told === undefined) {
    const isNothing = order.status === 'rejected' && new Big(order.filledQuantity).eq(0);
    return isNothing ? [] : [`order: ${name} is ${order.status}, the exchange does not know it`];
  }
  const flaws: string[] = [];
  if (order.status !== told.state)
    flaws.push(`order: ${name} is ${order.status}, ${told.state} on the exchange`);
  if (!new Big(order.filledQuantity).eq(told.filled)) {
    flaws.push(`order: ${name} is filled ${order.filledQuantity}, ${told.filled} on the exchange`);
  }
  return flaws;
}

/** By client order id; a trigger order and the order it became are one. */
function toldOrders(ledger: LedgerReport): Map<string, Told> {
  const children = new Map<bigint, OrderSnapshot>();
  const childIds = new Set(
    ledger.algoOrders.flatMap(({ actualOrderId }) => (actualOrderId === undefined ? [] : [actualOrderId])),
  );
  const told = new Map<string, Told>();
  const add = (id: string, state: string, filled: string): void => {
    if (OURS.test(id)) told.set(id, { state, filled, count: (told.get(id)?.count ?? 0) + 1 });
  };
  for (const order of ledger.orders) {
    if (childIds.has(order.orderId)) children.set(order.orderId, order);
    else add(order.clientOrderId, PLAIN[order.status], order.executedQty);
  }
  for (const algo of ledger.algoOrders) {
    const child = algo.actualOrderId === undefined ? undefined : children.get(algo.actualOrderId);
    add(algo.clientAlgoId, algoState(algo, child), child?.executedQty ?? '0');
  }
  return told;
}

const PLAIN: Readonly<Record<OrderSnapshot['status'], string>> = {
  NEW: 'working',
  PARTIALLY_FILLED: 'partially-filled',
  FILLED: 'filled',
  CANCELED: 'cancelled',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
};

const ALGO: Readonly<Record<AlgoSnapshot['algoStatus'], string>> = {
  NEW: 'working',
  TRIGGERING: 'triggered',
  TRIGGERED: 'triggered',
  FINISHED: 'expired',
  CANCELED: 'cancelled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
};

function algoState(algo: AlgoSnapshot, child: OrderSnapshot | undefined): string {
  if (child === undefined) return ALGO[algo.algoStatus];
  const state = PLAIN[child.status];
  return state === 'working' || state === 'partially-filled' ? 'triggered' : state;
}

/** One signal is one entry, whatever happened. */
function doubledEntries(journal: JournalRows): string[] {
  const entries = journal.orders.filter(
    ({ role, filledQuantity }) => role === 'entry' && new Big(filledQuantity).gt(0),
  );
  const positions = entries.map(({ positionId }) => positionId);
  const doubled = positions.filter((id, i) => positions.indexOf(id) !== i);
  return doubled.map((id) => `doubled: ${id} was entered twice`);
}

function fillFlaws(journal: JournalRows, ledger: LedgerReport): string[] {
  const ours = new Map(journal.fills.map((fill) => [`${fill.symbol} ${fill.tradeId}`, fill]));
  const theirs = new Map(ledger.trades.map((trade) => [`${trade.symbol} ${trade.tradeId}`, trade]));
  const flaws = [...ours.keys()]
    .filter((key) => !theirs.has(key))
    .map((key) => `fill: ${key} is not the exchange's`);
  for (const [key, trade] of theirs) {
    const fill = ours.get(key);
    if (fill === undefined) flaws.push(`fill: ${key} of ${trade.clientOrderId} is not in the journal`);
    else if (!isSameFill(fill, trade)) flaws.push(`fill: ${key} is ${show(fill)}, ${show(trade)} there`);
  }
  return [
    ...flaws,
    ...journal.fills.filter(isOwnerless).map((fill) => `fill: ${fill.tradeId} has no position`),
  ];
}

const isOwnerless = ({ positionId }: FillRow): boolean => positionId === null;

function isSameFill(fill: FillRow, trade: LedgerReport['trades'][number]): boolean {
  return (
    new Big(fill.quantity).eq(trade.qty) &&
    new Big(fill.price).eq(trade.price) &&
    new Big(fill.fee).eq(trade.commission) &&
    new Big(fill.realizedPnl).eq(trade.realizedPnl) &&
    fill.side === trade.side.toLowerCase() &&
    fill.clientOrderId === trade.clientOrderId &&
    fill.orderId === String(trade.orderId)
  );
}

function show(value: object): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item));
}

function fundingFlaws(journal: JournalRows, ledger: LedgerReport): string[] {
  const ours = new Map(journal.fundings.map(({ symbol, id, amount }) => [`${symbol} ${id}`, amount]));
  const paid = ledger.income.filter(({ incomeType }) => incomeType === 'FUNDING_FEE');
  const theirs = new Map(paid.map(({ symbol, tranId, income }) => [`${symbol} ${tranId}`, income]));
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((key) => {
    const [mine, their] = [ours.get(key), theirs.get(key)];
    const isSame = mine !== undefined && their !== undefined && new Big(mine).eq(their);
    return isSame ? [] : [`funding: ${key} is ${mine ?? 'missing'}, ${their ?? 'missing'} there`];
  });
}

function positionFlaws(journal: JournalRows, ledger: LedgerReport): string[] {
  const sums = new Map<string, Big>();
  for (const { symbol, side, quantity } of journal.fills) {
    const signed = side === 'buy' ? new Big(quantity) : new Big(quantity).neg();
    sums.set(symbol, (sums.get(symbol) ?? new Big(0)).plus(signed));
  }
  const held = new Map(ledger.positions.map(({ symbol, positionAmt }) => [symbol, new Big(positionAmt)]));
  const open = journal.plans.filter(({ state }) => state === 'open');
  const flaws: string[] = [];
  for (const symbol of new Set([...sums.keys(), ...held.keys(), ...open.map((plan) => plan.symbol)])) {
    const [sum, there] = [sums.get(symbol) ?? new Big(0), held.get(symbol) ?? new Big(0)];
    if (!sum.eq(there)) flaws.push(`position: ${symbol} is ${String(sum)}, ${String(there)} there`);
    const plans = open.filter((plan) => plan.symbol === symbol);
    const isExplained = there.eq(0) ? plans.length === 0 : plans.length === 1;
    if (!isExplained) {
      flaws.push(`position: ${symbol}, ${String(there)}, has plans ${plans.map(({ id }) => id).join(', ')}`);
    }
  }
  const adopted = journal.plans.filter(({ setup }) => setup === 'adopted');
  return [...flaws, ...adopted.map(({ id }) => `forgotten: ${id} was taken over without its signal`)];
}

/** Each position has stops of exactly its size; nothing that only reduces rests without a position. */
function stopFlaws(ledger: LedgerReport): string[] {
  const flaws = ledger.positions.flatMap(({ symbol, positionAmt }) => {
    const side = new Big(positionAmt).gt(0) ? 'SELL' : 'BUY';
    const covered = ledger.openAlgoOrders
      .filter((algo) => algo.symbol === symbol && algo.side === side && algo.orderType === 'STOP_MARKET')
      .reduce((sum, { quantity }) => sum.plus(quantity), new Big(0));
    const size = new Big(positionAmt).abs();
    return covered.eq(size)
      ? []
      : [`unprotected: ${symbol}, ${String(size)}, has stops of ${String(covered)}`];
  });
  const held = new Set(ledger.positions.map(({ symbol }) => symbol));
  const orphans = [
    ...ledger.openAlgoOrders.map(({ symbol, clientAlgoId }) => ({ symbol, id: clientAlgoId })),
    ...ledger.openOrders.map(({ symbol, clientOrderId }) => ({ symbol, id: clientOrderId })),
  ].filter(({ symbol }) => !held.has(symbol));
  return [...flaws, ...orphans.map(({ symbol, id }) => `orphan: ${id} rests on ${symbol}`)];
}

function balanceFlaws(journal: JournalRows, ledger: LedgerReport): string[] {
  const sum = (values: readonly string[]): Big => values.reduce((all, each) => all.plus(each), new Big(0));
  const balance = new Big(journal.initialBalance ?? '0')
    .plus(sum(journal.fills.map((fill) => fill.realizedPnl)))
    .minus(sum(journal.fills.map((fill) => fill.fee)))
    .plus(sum(journal.fundings.map((payment) => payment.amount)));
  // To 1e-8, the last digit that the exchange keeps.
  return balance.round(8).eq(new Big(ledger.walletBalance).round(8))
    ? []
    : [`balance: ${balance.toFixed(8)}, ${ledger.walletBalance} there`];
}

/** Once all is flat the trades are all that happened. */
function tradeFlaws(journal: JournalRows): string[] {
  const flaws = journal.trades
    .filter(({ realizedPnl, fees, funding, netPnl }) => {
      return !new Big(realizedPnl).minus(fees).plus(funding).eq(netPnl);
    })
    .map(({ positionId }) => `trade: ${positionId} does not add up`);
  const open = new Set(journal.plans.filter(({ state }) => state === 'open').map(({ id }) => id));
  const byPosition = new Map<string, { realized: Big; fees: Big }>();
  const of = (id: string) => {
    const entry = byPosition.get(id) ?? { realized: new Big(0), fees: new Big(0) };
    byPosition.set(id, entry);
    return entry;
  };
  for (const { positionId, realizedPnl, fee } of journal.fills) {
    if (positionId === null || open.has(positionId)) continue;
    const entry = of(positionId);
    entry.realized = entry.realized.plus(realizedPnl);
    entry.fees = entry.fees.plus(fee);
  }
  for (const { positionId, realizedPnl, fees } of journal.trades) {
    if (open.has(positionId)) continue;
    const entry = of(positionId);
    entry.realized = entry.realized.minus(realizedPnl);
    entry.fees = entry.fees.minus(fees);
  }
  for (const [id, { realized, fees }] of byPosition) {
    if (!realized.eq(0) || !fees.eq(0)) {
      flaws.push(`trade: ${id} lacks ${String(realized)} of its result and ${String(fees)} of its fees`);
    }
  }
  return flaws;
}
