/** Prices around the last trade: book, mark and index price, funding. Chance by symbol and second, never by state. */
import { HOUR_MS, SECOND_MS, type UtcMs } from '@slt/domain';
import { mix, normalAt, uniformAt } from './hash';
import { toDecimal } from './kline-text';
import type { BookTicker, Depth, FundingRow, MarkPrice, SymbolFacts } from './market';

export interface Quoted {
  readonly facts: SymbolFacts;
  readonly hash: number;
  /** The last trade's price. */
  readonly last: number;
  readonly now: UtcMs;
}

const MARK_DECIMALS = 8;
const USUAL_FUNDING = 0.0001;
const FUNDING_CAP = 0.02;

export function depthOf(quoted: Quoted, levels: number): Depth {
  const { facts } = quoted;
  const tick = Number(facts.tickSize);
  const second = Math.floor(quoted.now / SECOND_MS);
  const chance = mix(quoted.hash, second);
  const lastTick = Math.round(quoted.last / tick);
  const aboveLast = uniformAt(chance, 1) < 0.5;
  const bid = Math.max(1, aboveLast ? lastTick : lastTick - 1);
  const ask = Math.max(bid + 1, aboveLast ? lastTick + 1 : lastTick);
  const side = (first: number, direction: 1 | -1, seed: number): [string, string][] => {
    const rows: [string, string][] = [];
    let price = first;
    for (let i = 0; i < levels && price > 0; i++) {
      rows.push([toDecimal(price * tick, facts.pricePrecision), quantityAt(quoted, mix(chance, seed), i)]);
      price += direction * (1 + Math.floor(uniformAt(mix(chance, seed + 1), i) * 2.2));
    }
    return rows;
  };
  return { bids: side(bid, -1, 10), asks: side(ask, 1, 20) };
}

function quantityAt({ facts, last }: Quoted, hash: number, level: number): string {
  const notional = 800 * Math.exp(1.1 * normalAt(hash, level)) * (1 + level / 4);
  const least = Number(facts.minQty);
  return toDecimal(Math.max(least, notional / last), facts.quantityPrecision);
}

export function bookOf(quoted: Quoted): BookTicker {
  const { bids, asks } = depthOf(quoted, 1);
  return { bidPrice: bids[0]![0], bidQty: bids[0]![1], askPrice: asks[0]![0], askQty: asks[0]![1] };
}

export function markPriceOf(quoted: Quoted): MarkPrice {
  const { facts, hash, last, now } = quoted;
  const span = facts.fundingIntervalHours * HOUR_MS;
  const settled = Math.floor(now / span) * span;
  const basis = 0.00015 * normalAt(mix(hash, 31), Math.floor(now / (3 * SECOND_MS)));
  const premium = 0.0003 * normalAt(mix(hash, 32), Math.floor(now / HOUR_MS));
  return {
    markPrice: toDecimal(last * (1 + basis), MARK_DECIMALS),
    indexPrice: toDecimal(last * (1 - premium), MARK_DECIMALS),
    lastFundingRate: toDecimal(fundingRate(hash, settled), MARK_DECIMALS),
    nextFundingTime: settled + span,
  };
}

/** Mostly the usual rate; at times far from it, either way. */
function fundingRate(hash: number, fundingTime: UtcMs): number {
  const place = Math.floor(fundingTime / HOUR_MS);
  const slow = normalAt(mix(hash, 33), Math.floor(place / 72));
  const drawn = USUAL_FUNDING * (1 + 1.5 * Math.max(0, Math.abs(slow) - 1) * Math.sign(slow) * 3);
  const noise = uniformAt(mix(hash, 34), place) < 0.6 ? 0 : 0.00006 * normalAt(mix(hash, 35), place);
  return Math.max(-FUNDING_CAP, Math.min(FUNDING_CAP, drawn + noise));
}

/** Settlements in [from, to], the oldest `limit`. @param priceAt the last trade's price at an instant */
export function fundingsOf(
  symbol: { facts: SymbolFacts; hash: number },
  range: { from: UtcMs; to: UtcMs; limit: number },
  priceAt: (instant: UtcMs) => number | undefined,
): FundingRow[] {
  const { facts, hash } = symbol;
  const span = facts.fundingIntervalHours * HOUR_MS;
  const rows: FundingRow[] = [];
  const first = Math.ceil(Math.max(range.from, facts.onboardDate + 1) / span) * span;
  for (let time = first; time <= range.to && rows.length < range.limit; time += span) {
    const price = priceAt(time);
    if (price === undefined) continue;
    rows.push({
      symbol: facts.symbol,
      fundingRate: toDecimal(fundingRate(hash, time), MARK_DECIMALS),
      fundingTime: time,
      markPrice: toDecimal(price, MARK_DECIMALS),
    });
  }
  return rows;
}
