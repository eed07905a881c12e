/** PaperBroker under the contract of all brokers, and what concerns it alone: saving, crashes, fundings missed. */
import { HOUR_MS, type Instrument, MINUTE_MS, SystemClock } from '@slt/domain';
import { eventually } from '../../../test/support/eventually';
import { PaperBroker } from './paper-broker';
import { type BrokerHarness, describeBrokerContract } from './testing/broker-contract';
import { BTC, LIFE } from './testing/instruments';
import { ManualPriceFeed } from './testing/manual-price-feed';
import { MemoryPaperStore } from './testing/memory-paper-store';

const INSTRUMENTS = new Map<string, Instrument>([BTC, LIFE].map((each) => [each.symbol, each]));
const tickOf = (symbol: string): number => Number(INSTRUMENTS.get(symbol)!.filters.tickSize);

/** Runs with the wall, and may be set ahead. */
class SteppedClock extends SystemClock {
  private ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }

  step(by: number): void {
    this.ahead += by;
  }
}

function createHarness(): Promise<BrokerHarness> {
  const clock = new SteppedClock();
  const feed = new ManualPriceFeed(clock);
  const store = new MemoryPaperStore();
  feed.move(BTC.symbol, 50_000, tickOf(BTC.symbol));
  feed.move(LIFE.symbol, 0.14, tickOf(LIFE.symbol));
  const create = (): PaperBroker =>
    new PaperBroker({ feed, store, clock, instrument: (symbol) => INSTRUMENTS.get(symbol) });
  return Promise.resolve({
    broker: create(),
    instrument: BTC,
    nonAscii: LIFE,
    initialBalance: '10000',
    book: (symbol) => Promise.resolve(feed.book(symbol)),
    movePrice: (symbol, to) => Promise.resolve(feed.move(symbol, to, tickOf(symbol))),
    payFunding: (symbol, rate) => {
      // Contracts settle on whole hours.
      const at = Math.ceil((clock.now() + 1) / HOUR_MS) * HOUR_MS;
      feed.settle(symbol, { rate, markPrice: feed.book(symbol).mark, at });
      clock.step(at - clock.now() + MINUTE_MS);
      return Promise.resolve();
    },
    restart: () => Promise.resolve(create()),
    close: () => Promise.resolve(),
  });
}

describeBrokerContract('PaperBroker', createHarness, eventually);
