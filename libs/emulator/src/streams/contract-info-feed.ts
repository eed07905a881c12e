/** `!contractInfo`: says when a contract appears, starts, is to be delisted, settles. It carries COIN-M contracts too. */
import type { UtcMs } from '@slt/domain';
import { eventTime, type Exchange } from '../exchange';
import type { EmulatedSymbol } from '../market';
import type { FeedContext } from './price-feeds';
import type { Feed } from './stream-hub';

const BRACKETS = [
  { bs: 1, bnf: 0, bnc: 5000, mmr: 0.01, cf: 0, mi: 21, ma: 50 },
  { bs: 2, bnf: 5000, bnc: 25000, mmr: 0.025, cf: 75, mi: 11, ma: 20 },
];

export function contractInfoFeed({ exchange, hub, stream, ticker }: FeedContext): Feed {
  const { market, time } = exchange;
  let known = statesAt(exchange, time.now());
  const stop = ticker.add(() => {
    const now = time.now();
    const states = statesAt(exchange, now);
    const names = new Set([...states.keys(), ...known.keys()]);
    for (const name of names) {
      if (states.get(name) === known.get(name)) continue;
      const symbol = market.find(name);
      if (symbol === undefined) continue;
      hub.publish(stream, JSON.stringify(contractInfo(exchange, symbol, now)), { symbol: name });
      hub.publish(stream, JSON.stringify(coinMargined(exchange, now)), {});
    }
    known = states;
  });
  return { stop };
}

/** What the push is about, by symbol: a change of it is an event. */
function statesAt({ market }: Exchange, now: UtcMs): Map<string, string> {
  return new Map(
    market
      .listed(now)
      .map((symbol) => [symbol.symbol, `${symbol.statusAt(now)} ${symbol.deliveryDateAt(now)}`] as const),
  );
}

function contractInfo(exchange: Exchange, symbol: EmulatedSymbol, now: UtcMs): Record<string, unknown> {
  return {
    e: 'contractInfo',
    E: eventTime(exchange, symbol.symbol),
    s: symbol.symbol,
    ps: symbol.pair,
    ct: symbol.contractType,
    dt: symbol.deliveryDateAt(now),
    ot: symbol.onboardDate,
    cs: symbol.statusAt(now),
    bks: BRACKETS,
    st: 1,
  };
}

/** A contract of the other market, which whoever reads this stream has to leave out. */
function coinMargined(exchange: Exchange, now: UtcMs): Record<string, unknown> {
  return {
    e: 'contractInfo',
    E: eventTime(exchange),
    s: 'BTCUSD_PERP',
    ps: 'BTCUSD',
    ct: 'PERPETUAL',
    dt: 4_133_404_800_000,
    ot: now - (now % 86_400_000),
    cs: 'TRADING',
    bks: BRACKETS,
    st: 2,
  };
}
