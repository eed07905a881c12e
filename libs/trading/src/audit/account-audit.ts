/**
 * Holds an account's journal against what the exchange says, at any time and beside a running trader: what is on its way
 * from one to the other shows once, a difference stays.
 */
import { Inject, Injectable } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { type Clock, type DurationMs, SECOND_MS, type UtcMs } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { BrokerFactory } from '../broker-factory';
import { audit, type AuditDifference, type AuditedExchange, type AuditedJournal } from '../core/audit';
import { isFinal } from '../core/order-table';
import { JournalLedger } from '../journal/ledger';
import type { WholeJournal } from '../journal/whole-journal';
import type { ExchangeAccount, ToldAccount } from './exchange-account';

/** How many there are on either side. */
export interface Compared {
  readonly journal: number;
  readonly exchange: number;
}

export interface AuditReport {
  readonly account: string;
  readonly mode: 'paper' | 'live';
  readonly at: UtcMs;
  /** When the journal began; null: it is empty, and nothing was compared. */
  readonly since: UtcMs | null;
  readonly compared: {
    readonly orders: Compared;
    readonly fills: Compared;
    readonly fundings: Compared;
    readonly positions: Compared;
    /** Resting on the exchange. */
    readonly stops: number;
    /** USDT, as the exchange has it. */
    readonly walletBalance: string | null;
  };
  /** What was found at every look. */
  readonly differences: readonly AuditDifference[];
  readonly looks: number;
}

const LOOKS = 4;
const PAUSE_MS: DurationMs = SECOND_MS;

@Injectable()
export class AccountAudit {
  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JournalLedger) private readonly ledger: JournalLedger,
    @Inject(BrokerFactory) private readonly brokers: BrokerFactory,
  ) {}

  /** @throws AppError of journal and exchange; rejected, `TRADING.NO_KEYS` */
  async run(signal?: AbortSignal): Promise<AuditReport> {
    const exchange = this.brokers.auditedAccount();
    let report = await this.look(exchange);
    while (report.differences.length > 0 && report.looks < LOOKS && signal?.aborted !== true) {
      await new Promise((wake) => setTimeout(wake, PAUSE_MS));
      const next = await this.look(exchange);
      const again = new Set(next.differences.map(keyOf));
      const lasting = report.differences.filter((difference) => again.has(keyOf(difference)));
      const kept = new Set(lasting.map(keyOf));
      // As they stand now, which may not be as they stood before.
      const differences = next.differences.filter((difference) => kept.has(keyOf(difference)));
      report = { ...next, differences, looks: report.looks + 1 };
    }
    return report;
  }

  private async look(exchange: ExchangeAccount): Promise<AuditReport> {
    const { account } = this.brokers;
    const journal = await this.ledger.whole(account);
    // An emulated market inside the trader has a clock of its own, which may be ahead of ours.
    const at = Math.max(this.clock.now(), latestOf(journal));
    const about = { account, mode: this.config.TRADING_MODE, at, looks: 1 };
    const { beganAt, initialBalance } = journal;
    if (beganAt === null || initialBalance === null) {
      return { ...about, since: null, compared: NOTHING, differences: [] };
    }
    const told = await exchange.read(beganAt, symbolsOf(journal));
    const sides = sidesOf({ ...journal, initialBalance }, told, exchange.rememberedFrom(about.at));
    return {
      ...about,
      since: beganAt,
      compared: comparedOf(sides),
      differences: audit(sides.journal, sides.exchange, exchange.unfilledFrom(about.at)),
    };
  }
}

interface Sides {
  readonly journal: AuditedJournal;
  readonly exchange: AuditedExchange;
}

/** What the exchange has forgotten is taken from the journal: sums need all of it, and nobody can disprove it. */
function sidesOf(
  journal: WholeJournal & { readonly initialBalance: string },
  told: ToldAccount,
  rememberedFrom: UtcMs,
): Sides {
  const forgotten = <T extends { readonly at: UtcMs }>(items: readonly T[]): T[] =>
    items.filter(({ at }) => at < rememberedFrom);
  const remembered = <T extends { readonly at: UtcMs }>(items: readonly T[]): T[] =>
    items.filter(({ at }) => at >= rememberedFrom);
  const orders = journal.orders.filter(
    ({ status, updatedAt, intent }) =>
      !isFinal(status) || Math.min(updatedAt, intent.createdAt) >= rememberedFrom,
  );
  return {
    journal: { ...journal, orders },
    exchange: {
      ...told,
      fills: [...forgotten(journal.fills), ...remembered(told.fills)],
      fundings: [...forgotten(journal.fundings), ...remembered(told.fundings)],
    },
  };
}

const NOTHING: AuditReport['compared'] = {
  orders: { journal: 0, exchange: 0 },
  fills: { journal: 0, exchange: 0 },
  fundings: { journal: 0, exchange: 0 },
  positions: { journal: 0, exchange: 0 },
  stops: 0,
  walletBalance: null,
};

function comparedOf({ journal, exchange }: Sides): AuditReport['compared'] {
  const { positions, openOrders, walletBalance } = exchange.account;
  return {
    orders: { journal: journal.orders.length, exchange: exchange.orders.length },
    fills: { journal: journal.fills.length, exchange: exchange.fills.length },
    fundings: { journal: journal.fundings.length, exchange: exchange.fundings.length },
    positions: { journal: journal.positions.size, exchange: positions.length },
    stops: openOrders.filter(({ kind }) => kind === 'stop').length,
    walletBalance,
  };
}

function latestOf({ orders, fills, fundings }: WholeJournal): UtcMs {
  let latest = 0;
  for (const { updatedAt } of orders) latest = Math.max(latest, updatedAt);
  for (const { at } of [...fills, ...fundings]) latest = Math.max(latest, at);
  return latest;
}

function symbolsOf({ orders }: WholeJournal): string[] {
  return [...new Set(orders.map(({ intent }) => intent.order.symbol))];
}

function keyOf({ subject, symbol, id, field }: AuditDifference): string {
  return `${subject} ${symbol} ${id} ${field}`;
}
