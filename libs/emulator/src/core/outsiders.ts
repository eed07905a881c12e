/** What exchangeInfo lists besides tradable USDT perpetuals on coins: everything a client's filter must drop. */
import { DAY_MS, HOUR_MS, type UtcMs } from '@slt/domain';
import { type ListedSymbol, listSymbol, NEVER } from './listed-symbol';
import { monthOf, monthStart } from './market-interval';
import { type Contract, factsOf, modelOf } from './symbol-facts';
import type { PriceModel } from './price-model';
import type { Ticker } from './tickers';

export interface Outsider {
  readonly symbol: ListedSymbol;
  readonly model: PriceModel;
}

const START_2025 = 1_735_689_600_000;

/** @param epoch around which the quarterly contracts are chosen */
export function outsiders(epoch: UtcMs, coins: readonly Ticker[]): Outsider[] {
  return [
    ...traditional(),
    ...inUsdc(coins),
    ...quarterlies(epoch, coins),
    ...index(),
    ...settled(),
    pending(),
  ];
}

function outsider(contract: Contract, cycle: Partial<ListedSymbol['cycle']> = {}): Outsider {
  const life = cycle.life ?? { start: contract.onboardDate, end: Infinity };
  const symbol = listSymbol(factsOf(contract), {
    announced: -Infinity,
    delistingAnnounced: Infinity,
    removed: Infinity,
    ...cycle,
    life,
  });
  return { symbol, model: modelOf(contract) };
}

function traditional(): Outsider[] {
  const rows: [string, number, string][] = [
    ['TSLA', 320, 'EQUITY'],
    ['NVDA', 165, 'EQUITY'],
    ['MSTR', 240, 'EQUITY'],
    ['COIN', 270, 'EQUITY'],
    ['XAU', 3900, 'COMMODITY'],
    ['XAG', 46, 'COMMODITY'],
  ];
  return rows.map(([base, price, underlyingType], i) =>
    outsider({
      ticker: { base, price, sector: 0 },
      rank: 40 + i,
      symbol: `${base}USDT`,
      onboardDate: START_2025 + (300 + i * 11) * DAY_MS,
      contractType: 'TRADIFI_PERPETUAL',
      underlyingType,
      underlyingSubType: ['TradFi'],
    }),
  );
}

function inUsdc(coins: readonly Ticker[]): Outsider[] {
  return coins.slice(0, 4).map((ticker, i) =>
    outsider({
      ticker,
      rank: 15 + i,
      symbol: `${ticker.base}USDC`,
      quoteAsset: 'USDC',
      onboardDate: START_2025 - 360 * DAY_MS,
    }),
  );
}

function index(): Outsider[] {
  return [
    outsider({
      ticker: { base: 'BTCDOM', price: 4100, sector: 0 },
      rank: 110,
      symbol: 'BTCDOMUSDT',
      onboardDate: 1_625_040_000_000,
      underlyingType: 'INDEX',
      underlyingSubType: ['INDEX'],
    }),
  ];
}

/** The contracts that end on the last Fridays of this and the next quarter. */
function quarterlies(epoch: UtcMs, coins: readonly Ticker[]): Outsider[] {
  const quarter = Math.floor(monthOf(epoch) / 3);
  const ends = [quarter, quarter + 1, quarter + 2].map(lastFriday).filter((end) => end > epoch);
  return coins.slice(0, 2).flatMap((ticker) =>
    ends.slice(0, 2).map((end, i) =>
      outsider(
        {
          ticker,
          rank: 30 + i,
          symbol: `${ticker.base}USDT_${shortDate(end)}`,
          onboardDate: end - 182 * DAY_MS,
          contractType: i === 0 ? 'CURRENT_QUARTER' : 'NEXT_QUARTER',
          underlyingSubType: [],
          premium: 1.006 + i * 0.009,
        },
        {
          life: { start: end - 182 * DAY_MS, end },
          delistingAnnounced: -Infinity,
          removed: end + DAY_MS,
        },
      ),
    ),
  );
}

/** 08:00 UTC of the last Friday of a quarter (counted in quarters since year 0). */
function lastFriday(quarter: number): UtcMs {
  const lastDay = Math.floor(monthStart(quarter * 3 + 3) / DAY_MS) - 1;
  const sinceFriday = (lastDay + 6) % 7; // 1970-01-02 was one
  return (lastDay - sinceFriday) * DAY_MS + 8 * HOUR_MS;
}

/** Such as 260327. */
function shortDate(instant: UtcMs): string {
  const month = monthOf(instant);
  const day = Math.floor((instant - monthStart(month)) / DAY_MS) + 1;
  return [Math.floor(month / 12) % 100, (month % 12) + 1, day]
    .map((n) => String(n).padStart(2, '0'))
    .join('');
}

/** Delisted long ago, and still shown. */
function settled(): Outsider[] {
  const rows: [string, number][] = [
    ['SRM', 0.7],
    ['BTS', 0.02],
    ['HNT', 4.2],
    ['TOMO', 0.9],
    ['SC', 0.004],
    ['CVC', 0.1],
  ];
  return rows.map(([base, price], i) => {
    const start = START_2025 - (1500 - i * 40) * DAY_MS;
    const life = { start, end: START_2025 - (300 - i * 45) * DAY_MS };
    return outsider(
      { ticker: { base, price, sector: i % 5 }, rank: 300, symbol: `${base}USDT`, onboardDate: start },
      { life, delistingAnnounced: life.end - 7 * DAY_MS },
    );
  });
}

/** Prepared, without a date or a contract type yet. */
function pending(): Outsider {
  return outsider(
    {
      ticker: { base: 'NEWCOIN', price: 1.2, sector: 7 },
      rank: 350,
      symbol: 'NEWCOINUSDT',
      onboardDate: NEVER,
      contractType: '',
    },
    { life: { start: NEVER, end: Infinity } },
  );
}
