/** What the account earned, by its journal. Asked for by several at once it is reckoned once. */
import { Injectable } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import {
  type BalancePoint,
  type EquityPoint,
  JournalLedger,
  JournalReader,
  MOST_PER_PAGE,
  type Performance,
  performanceOf,
  type Trade,
  TradingService,
} from '@slt/trading';
import type { PeriodQuery } from './journal-query.dto';
import type { PerformanceDto } from './performance.dto';
import { soon } from './trading-records.service';

const MOST_POINTS = 1_000;

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
    const earlier = trades.filter(({ exitTime }) => exitTime < since);
    const { equity } = performanceOf(earlier, begin ?? '0');
    const asked = trades.filter(({ exitTime }) => exitTime >= since);
    return toDto(account, performanceOf(asked, String(equity)), balances, begin !== null);
  }

  /** A paper account that was never traded begins with what it will be given. */
  private get balanceToBe(): string | null {
    return this.config.TRADING_MODE === 'paper' ? String(this.config.PAPER_BALANCE) : null;
  }

  /** Page by page, newest first. */
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
    return trades;
  }
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
