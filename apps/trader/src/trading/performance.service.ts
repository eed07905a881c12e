/** What the account earned, by its journal. Asked for by several at once it is reckoned once. */
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import {
  type BalancePoint,
  type EquityPoint,
  JournalLedger,
  JournalReader,
  type Performance,
  PerformanceBook,
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
    const begin = initialBalance ?? this.balanceToBe;
    const earlier = new PerformanceBook(begin ?? '0');
    let asked: PerformanceBook | undefined;
    const pages = this.ledger.trades(account, until);
    for (let page = await soon(pages.next()); page.done !== true; page = await soon(pages.next())) {
      for (const [i, trade] of page.value.entries()) {
        if (i % TRADES_A_TURN === 0) await turn();
        if (trade.exitTime < since) earlier.add(trade);
        else (asked ??= after(earlier)).add(trade);
      }
    }
    return toDto(account, (asked ?? after(earlier)).report(), balances, begin !== null);
  }

  /** A paper account that was never traded begins with what it will be given. */
  private get balanceToBe(): string | null {
    return this.config.TRADING_MODE === 'paper' ? String(this.config.PAPER_BALANCE) : null;
  }
}

/** Begins with what the other ended with. */
const after = (book: PerformanceBook): PerformanceBook => new PerformanceBook(String(book.report().equity));

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
