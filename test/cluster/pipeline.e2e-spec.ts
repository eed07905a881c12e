import { eventually } from '../support/eventually';
import { MarketUnderTest, SharedDatabase } from './support/market-under-test';

let database: SharedDatabase;
let market: MarketUnderTest | undefined;

beforeAll(async () => {
  database = await SharedDatabase.start();
}, 60_000);

afterAll(async () => {
  await database.stop();
});

afterEach(async () => {
  await market?.close();
  market = undefined;
});

describe('the pipeline on the emulator', () => {
  it('streams every series as the exchange has it', async () => {
    market = await MarketUnderTest.start(database, { config: { HISTORY_INTERVALS: ['1m', '5m', '15m'] } });
    await market.cluster.start();
    await market.ready();
    await market.streamed(1, { interval: '15m' });
    for (const interval of ['1m', '5m', '15m'] as const) {
      expect(market.flaws(interval)).toEqual([]);
      expect(market.disorders(interval)).toEqual([]);
    }
    expect(market.symbols()).toHaveLength(12);
  });
});
