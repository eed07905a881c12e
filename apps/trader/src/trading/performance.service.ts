/** What the account earned, by its journal. Asked for by several at once it is reckoned once. */
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import {
  type BalancePoint,
  type Decimal,
  type EquityPoint,
  JournalLedger,
  JournalReader,
  MOST_PER_PAGE,
  type Performance,
  PerformanceBook,
  type Trade,
  TradingService,
} from '@slt/trading';
import type { PeriodQuery } from './journal-query.dto';
import type { PerformanceDto } from './performance.dto';
import { soon } from './trading-records.service';

const MOST_POINTS = 1_000;
/** Reckoned in one turn of the event loop: some milliseconds, in which no candle waits long. */
const TRADES_A_TURN = 200;

@Injectable()
export class TradingPerformance {
  private readonly underWay = new Map<string, Promise<PerformanceDto>>();

  constructor(
    private readonly trading: TradingService,
    private readonly reader: JournalReader,
    private readonly ledger: JournalLedger,
    private readonly config: AppConfig,
  ) {}

  read(period: PeriodQuery): Promise<PerformanceDto> {
    const key = `${period.since} ${period.until}`;
    let reading = this.underWay.get(key);
    if (reading === undefined) {
      reading = this.reckon(period).finally(() => this.underWay.delete(key));
      this.underWay.set(key, reading);
    }
    return reading;
  }

  private async reckon({ since = 0, until }: PeriodQuery): Promise<PerformanceDto> {
    const { account } = this.trading;
    const upTo = until === undefined ? {} : { until };
    const { initialBalance } = await soon(this.ledger.totals(account));
    const balances = await soon(this.reader.equity(account, { since, ...upTo, maxPoints: MOST_POINTS }));
    const trades = await this.trades(account, until);
    const begin = initialBalance ?? this.balanceToBe;
    const first = trades.findIndex(({ exitTime }) => exitTime >= since);
    const split = first === -1 ? trades.length : first;
    const { equity } = await performanceIn(trades.slice(0, split), begin ?? '0');
    const performance = await performanceIn(trades.slice(split), String(equity));
    return toDto(account, performance, balances, begin !== null);
  }

  /** A paper account that was never traded begins with what it will be given. */
  private get balanceToBe(): string | null {
    return this.config.TRADING_MODE === 'paper' ? String(this.config.PAPER_BALANCE) : null;
  }

  /** Read page by page, newest first; ascending by exit. */
  private async trades(account: string, until: number | undefined): Promise<Trade[]> {
    const trades: Trade[] = [];
    let cursor: string | undefined;
    do {
      const page = { limit: MOST_PER_PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const read = this.reader.trades(account, page, until === undefined ? {} : { until });
      const { items, next } = await soon(read);
      trades.push(...items);
      cursor = next;
    } while (cursor !== undefined);
    return trades.reverse();
  }
}

/** @param trades ascending by exit */
async function performanceIn(trades: readonly Trade[], initialEquity: Decimal): Promise<Performance> {
  const book = new PerformanceBook(initialEquity);
  for (let i = 0; i < trades.length; i++) {
    if (i > 0 && i % TRADES_A_TURN === 0) await turn();
    book.add(trades[i]!);
  }
  return book.report();
}

function toDto(
  account: string,
  { bySetup, bySymbol, equityCurve, ...figures }: Performance,
  balances: readonly BalancePoint[],
  isKnown: boolean,
): PerformanceDto {
  return {
    account,
    ...figures,
    initialEquity: isKnown ? figures.initialEquity : null,
    equity: isKnown ? figures.equity : null,
    equityCurve: thinned(equityCurve, MOST_POINTS),
    balances: balances.map(({ at, equity, walletBalance }) => ({
      at,
      equity: Number(equity),
      walletBalance: Number(walletBalance),
    })),
    perSetup: { ...bySetup },
    perSymbol: { ...bySymbol },
  };
}

/** The last point of each of so many spans of equal length. @param points ascending */
export function thinned(points: readonly EquityPoint[], most: number): EquityPoint[] {
  if (points.length <= most) return [...points];
  const last = points.at(-1)!.at;
  const width = (last - points[0]!.at) / most + 1;
  const spanOf = ({ at }: EquityPoint): number => Math.floor((last - at) / width);
  return points.filter((point, i) => i === points.length - 1 || spanOf(points[i + 1]!) !== spanOf(point));
}
