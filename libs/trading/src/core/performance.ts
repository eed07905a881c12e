/**
 * What the trades earned. Money is added up exactly and told as numbers; what cannot be told (a profit factor without a
 * loss) is null, so that all of it is JSON. The curve is that of closed trades: what is open is not in it.
 */
import Big from 'big.js';
import { AppError, dayOf, type UtcMs } from '@slt/domain';
import type { Decimal } from './broker';
import type { Trade } from './position';

/** Crypto trades every day of the year. */
const DAYS_A_YEAR = 365;

export interface TradeTotals {
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  /** After fees and funding. */
  readonly netPnl: number;
  readonly grossPnl: number;
  readonly fees: number;
  readonly funding: number;
  /** Wins ÷ trades. */
  readonly winRate: number | null;
  /** Sum of gains ÷ sum of losses. */
  readonly profitFactor: number | null;
  /** Mean of R. */
  readonly expectancyR: number | null;
  readonly averageWin: number | null;
  readonly averageLoss: number | null;
}

export interface EquityPoint {
  readonly at: UtcMs;
  readonly equity: number;
}

export interface Performance extends TradeTotals {
  readonly initialEquity: number;
  readonly equity: number;
  /** Share of the initial equity. */
  readonly returnShare: number | null;
  readonly maxDrawdown: number;
  /** Of the peak before it. */
  readonly maxDrawdownShare: number;
  /** Of daily returns, a year; null for fewer than two days, or where they do not vary. */
  readonly sharpe: number | null;
  /** Positive: wins in a row, negative: losses. */
  readonly streak: number;
  readonly longestWinStreak: number;
  readonly longestLossStreak: number;
  /** One point for each time at which a trade was closed, ascending. */
  readonly equityCurve: readonly EquityPoint[];
  readonly bySetup: Readonly<Record<string, TradeTotals>>;
  readonly bySymbol: Readonly<Record<string, TradeTotals>>;
}

/** @param trades in any order @throws AppError invalid, `PERFORMANCE.EQUITY`, `PERFORMANCE.TRADE` */
export function performanceOf(trades: readonly Trade[], initialEquity: Decimal): Performance {
  const book = new PerformanceBook(initialEquity);
  for (const trade of [...trades].sort((a, b) => a.exitTime - b.exitTime)) book.add(trade);
  return book.report();
}

/** The same, one trade after the other; `add` takes constant time. */
export class PerformanceBook {
  private readonly total = new Tally();
  private readonly setups = new Map<string, Tally>();
  private readonly symbols = new Map<string, Tally>();
  private readonly curve: EquityPoint[] = [];
  private readonly initial: Big;
  private readonly days = new DailyReturns();
  private equity: Big;
  private peak: Big;
  private deepest = new Big(0);
  private deepestShare = 0;
  private streak = 0;
  private longestWin = 0;
  private longestLoss = 0;

  /** @throws AppError invalid, `PERFORMANCE.EQUITY` */
  constructor(initialEquity: Decimal) {
    this.initial = money(initialEquity, 'PERFORMANCE.EQUITY');
    this.equity = this.initial;
    this.peak = this.initial;
  }

  /** @param trade closed no earlier than the one before @throws AppError invalid, `PERFORMANCE.TRADE` */
  add(trade: Trade): void {
    const last = this.curve.at(-1);
    if (last !== undefined && trade.exitTime < last.at) {
      throw new AppError('invalid', 'PERFORMANCE.TRADE', `trade of ${trade.exitTime} comes after ${last.at}`);
    }
    const amounts = amountsOf(trade);
    const before = Number(this.equity);
    this.equity = this.equity.plus(amounts.net);
    this.days.add(trade.exitTime, before, Number(this.equity));
    this.total.add(amounts, trade.r);
    tallyOf(this.setups, trade.setup).add(amounts, trade.r);
    tallyOf(this.symbols, trade.symbol).add(amounts, trade.r);
    this.followStreak(amounts.net);
    this.followDrawdown();
    const point = { at: trade.exitTime, equity: Number(this.equity) };
    if (last?.at === trade.exitTime) this.curve[this.curve.length - 1] = point;
    else this.curve.push(point);
  }

  report(): Performance {
    return {
      ...this.total.report(),
      initialEquity: Number(this.initial),
      equity: Number(this.equity),
      returnShare: ratio(Number(this.equity.minus(this.initial)), Number(this.initial)),
      maxDrawdown: Number(this.deepest),
      maxDrawdownShare: this.deepestShare,
      sharpe: this.days.sharpe(),
      streak: this.streak,
      longestWinStreak: this.longestWin,
      longestLossStreak: this.longestLoss,
      equityCurve: [...this.curve],
      bySetup: reportsOf(this.setups),
      bySymbol: reportsOf(this.symbols),
    };
  }

  private followStreak(net: Big): void {
    if (net.gt(0)) this.streak = Math.max(0, this.streak) + 1;
    else if (net.lt(0)) this.streak = Math.min(0, this.streak) - 1;
    this.longestWin = Math.max(this.longestWin, this.streak);
    this.longestLoss = Math.max(this.longestLoss, -this.streak);
  }

  private followDrawdown(): void {
    if (this.equity.gt(this.peak)) this.peak = this.equity;
    const depth = this.peak.minus(this.equity);
    if (depth.gt(this.deepest)) this.deepest = depth;
    const share = ratio(Number(depth), Number(this.peak)) ?? 0;
    this.deepestShare = Math.max(this.deepestShare, share);
  }
}

interface Amounts {
  readonly net: Big;
  readonly gross: Big;
  readonly fees: Big;
  readonly funding: Big;
}

/** Sums over some trades. */
class Tally {
  private trades = 0;
  private wins = 0;
  private losses = 0;
  private gross = new Big(0);
  private fees = new Big(0);
  private funding = new Big(0);
  private gained = new Big(0);
  private lost = new Big(0);
  private sumR = 0;
  private countR = 0;

  add({ net, gross, fees, funding }: Amounts, r: number): void {
    this.trades++;
    this.gross = this.gross.plus(gross);
    this.fees = this.fees.plus(fees);
    this.funding = this.funding.plus(funding);
    if (net.gt(0)) {
      this.wins++;
      this.gained = this.gained.plus(net);
    } else if (net.lt(0)) {
      this.losses++;
      this.lost = this.lost.minus(net);
    }
    // An adopted position without a stop risked nothing that could be counted.
    if (!Number.isFinite(r)) return;
    this.sumR += r;
    this.countR++;
  }

  report(): TradeTotals {
    const { trades, wins, losses } = this;
    return {
      trades,
      wins,
      losses,
      netPnl: Number(this.gained.minus(this.lost)),
      grossPnl: Number(this.gross),
      fees: Number(this.fees),
      funding: Number(this.funding),
      winRate: ratio(wins, trades),
      profitFactor: ratio(Number(this.gained), Number(this.lost)),
      expectancyR: ratio(this.sumR, this.countR),
      averageWin: ratio(Number(this.gained), wins),
      averageLoss: ratio(-Number(this.lost), losses),
    };
  }
}

/** Returns of UTC days from the first exit's to the last one's; days without a trade returned nothing. */
class DailyReturns {
  private first: number | undefined;
  private day = 0;
  private start = 0;
  private end = 0;
  /** Of the days before the present one. */
  private sum = 0;
  private squares = 0;

  add(at: UtcMs, before: number, after: number): void {
    const day = dayOf(at);
    if (this.first === undefined || day !== this.day) {
      if (this.first === undefined) this.first = day;
      else this.close();
      this.day = day;
      this.start = before;
    }
    this.end = after;
  }

  sharpe(): number | null {
    if (this.first === undefined) return null;
    const count = this.day - this.first + 1;
    if (count < 2) return null;
    const last = this.present();
    const mean = (this.sum + last) / count;
    const variance = (this.squares + last * last - count * mean * mean) / (count - 1);
    // What is left of equal returns is rounding.
    if (!(variance > 1e-24)) return null;
    return finite((mean / Math.sqrt(variance)) * Math.sqrt(DAYS_A_YEAR));
  }

  private close(): void {
    const value = this.present();
    this.sum += value;
    this.squares += value * value;
  }

  /** A day that began with nothing returns nothing that could be told. */
  private present(): number {
    return this.start > 0 ? (this.end - this.start) / this.start : 0;
  }
}

function tallyOf(tallies: Map<string, Tally>, key: string): Tally {
  let tally = tallies.get(key);
  if (tally === undefined) tallies.set(key, (tally = new Tally()));
  return tally;
}

function reportsOf(tallies: ReadonlyMap<string, Tally>): Record<string, TradeTotals> {
  return Object.fromEntries([...tallies].map(([key, tally]) => [key, tally.report()]));
}

function amountsOf(trade: Trade): Amounts {
  const read = (value: Decimal): Big => money(value, 'PERFORMANCE.TRADE');
  return {
    net: read(trade.netPnl),
    gross: read(trade.realizedPnl),
    fees: read(trade.fees),
    funding: read(trade.funding),
  };
}

function money(value: Decimal, code: string): Big {
  try {
    return new Big(value);
  } catch (cause) {
    throw new AppError('invalid', code, `"${value}" is no amount of money`, { cause });
  }
}

function ratio(of: number, by: number): number | null {
  return by === 0 ? null : finite(of / by);
}

/** + 0 makes a zero of a negative zero, which JSON does not know. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}
