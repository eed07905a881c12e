/** From a signal to an entry, or to the reason why there is none. */
import { type CandleSeries, type Instrument } from '@slt/domain';
import { GradedCircuitBreaker } from '../core/breaker';
import { completeRiskLimits, type MarginBracket, type RiskLimits } from '../core/risk';
import { type Direction, type Signal, signOf } from '../core/signal';
import { BTC, instrumentOf } from '../testing/instruments';
import { AccountFigures } from './account-figures';
import { SignalDesk } from './signal-desk';
import { DeskBench } from './testing/desk-bench';
import { failing, filledReport, NOTHING_HELD, restingReport } from './testing/stub-broker';
import { clock, passes, settles, useVirtualTime } from './testing/virtual-time';

const NAMES = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'];
const LISTED = new Map<string, Instrument>(
  NAMES.map((name) => [name, name === 'BTCUSDT' ? BTC : instrumentOf(name)]),
);

describe('SignalDesk', () => {
  let bench: DeskBench;
  let desk: SignalDesk;
  let breaker: GradedCircuitBreaker;
  let decided: [string, string][];
  let entered: number;
  let price: number | undefined;
  let brackets: readonly MarginBracket[] | undefined;

  const open = (given: Partial<RiskLimits> = {}): void => {
    const limits = completeRiskLimits({ correlatedShare: 10, ...given });
    const figures = new AccountFigures({ allHeld: () => bench.book.allHeld(), priceOf: () => price }, limits);
    figures.told({ ...NOTHING_HELD, at: clock.now() });
    desk = new SignalDesk({
      book: bench.book,
      desk: bench.desk,
      broker: bench.broker,
      clock,
      figures,
      limits,
      breaker,
      market: {
        instrument: (symbol) => LISTED.get(symbol),
        isTradable: (symbol) => LISTED.has(symbol),
        series: (): CandleSeries | undefined => undefined,
        view: () => undefined,
        quality: () => ({ staleStreams: 0, warmSymbols: 1 }),
      },
      mayOpen: () => bench.mayOpen,
      priceOf: () => price,
      bracketsOf: () => brackets,
      record: (signal, decision) => void bench.journal.recordSignal('', signal, decision),
      decided: (signal, { reasons }) => decided.push([signal.symbol, reasons.join() || 'traded']),
      withdrawn: (signal, { reasons }) => decided.push([signal.symbol, reasons.join()]),
      entered: () => entered++,
      broke: (error) => bench.broken.push(error),
    });
  };

  useVirtualTime();
  beforeEach(() => {
    bench = new DeskBench();
    breaker = new GradedCircuitBreaker({}, { now: performance.now() });
    [decided, entered, price, brackets] = [[], 0, undefined, undefined];
    bench.broker.onPlace = (order) => filledReport(order, '60000');
    open();
  });

  const signalOf = (symbol: string, direction: Direction = 'long', given: Partial<Signal> = {}): Signal => ({
    id: `${symbol}:1m:block-retest:${direction}:${clock.now()}`,
    symbol,
    interval: '1m',
    setup: 'block-retest',
    direction,
    at: clock.now(),
    entry: 60_000,
    stop: 60_000 * (1 - signOf(direction) * 0.01),
    target: 60_000 * (1 + signOf(direction) * 0.02),
    confidence: 0.75,
    parts: {},
    ...given,
  });
  const consider = async (...args: Parameters<typeof signalOf>): Promise<Signal> => {
    const signal = signalOf(...args);
    desk.consider(signal);
    await settles();
    return signal;
  };
  const decisionOf = ({ id }: Signal) => bench.journal.decisions.get(id)?.reasons;

  it('enters by one bounded order that fills at once or not at all', async () => {
    await consider('BTCUSDT');
    // Half of the stop's distance of 600 beyond the price is the worst that it may pay.
    expect(bench.broker.placed).toMatchObject([
      { kind: 'limit', side: 'buy', price: '60300', timeInForce: 'IOC', reduceOnly: false },
    ]);
    const kinds = bench.journal.entries.slice(0, 3).map(({ kind }) => kind);
    expect(kinds).toEqual(['signal', 'position', 'intent']);
    expect([decided, entered]).toEqual([[['BTCUSDT', 'traded']], 1]);
    expect(bench.book.livePlans()).toMatchObject([{ stop: '59400', target: '61200', entry: '60000' }]);
  });

  it('measures by the price of now, and lets a signal go that the price has left behind', async () => {
    price = 60_100;
    await consider('BTCUSDT', 'short');
    // 60,100 − half of (60,600 − 60,100)
    expect(bench.broker.placed[0]).toMatchObject({ side: 'sell', price: '59850' });
    price = 60_400;
    expect(decisionOf(await consider('ETHUSDT', 'long'))).toEqual(['SIGNAL_STALE']);
  });

  it.each<[string, () => Partial<Signal> & { symbol?: string }]>([
    ['SYMBOL_NOT_TRADABLE', () => ({ symbol: 'GONEUSDT' })],
    ['CONFIDENCE_TOO_LOW', () => ({ confidence: 0.59 })],
    ['SIGNAL_STALE', () => ({ at: clock.now() - 30_001 })],
    ['STOP_TOO_FAR', () => ({ stop: 56_000 })],
    ['STOP_TOO_CLOSE', () => ({ stop: 59_990 })],
  ])('refuses with %s', async (code, given) => {
    const signal = await consider('BTCUSDT', 'long', given());
    expect(decisionOf(signal)).toContain(code);
    expect(bench.broker.placed).toEqual([]);
    expect(bench.book.symbols().size).toBe(0);
  });

  it('refuses while trading is not on, and while the breaker blocks', async () => {
    bench.mayOpen = false;
    expect(decisionOf(await consider('BTCUSDT'))).toEqual(['TRADING_OFF']);
    bench.mayOpen = true;
    breaker.observe({ kind: 'losses', dailyLoss: 1, drawdown: 0, losingStreak: 0 }, performance.now());
    expect(decisionOf(await consider('ETHUSDT'))).toEqual(['BREAKER_BLOCKED']);
  });

  it('has one position a symbol from the decision on, and so many in all', async () => {
    open({ maxPositions: 2 });
    bench.broker.onPrepare = () => new Promise((resolve) => setTimeout(resolve, 1_000));
    await consider('BTCUSDT');
    expect(decisionOf(await consider('BTCUSDT', 'short'))).toEqual(['POSITION_EXISTS']);
    await consider('ETHUSDT');
    expect(decisionOf(await consider('SOLUSDT'))).toEqual(['TOO_MANY_POSITIONS']);
    await passes(1_000);
    expect(bench.broker.placed).toHaveLength(2);
  });

  it('opens nothing where an order of an earlier position may still rest: it would close the next', async () => {
    bench.broker.onPlace = (order) => restingReport(order);
    const [stop] = await bench.place('stop');
    expect(bench.book.livePlans()).toEqual([]);
    expect(decisionOf(await consider('BTCUSDT', 'short'))).toEqual(['POSITION_EXISTS']);
    bench.book.report(restingReport(stop!.intent.order, { state: 'cancelled' }));
    expect(decisionOf(await consider('BTCUSDT'))).toEqual([]);
  });

  it('counts the margin of entries that are under way', async () => {
    // Each takes 5,000 ÷ 5 = 1,000 of margin (less what rounding leaves); 25 % of 10,000 is enough for two.
    open({ marginRatio: 0.25, maxPositions: 10 });
    bench.broker.onPlace = (order) => restingReport(order);
    await consider('BTCUSDT');
    await consider('ETHUSDT');
    expect(decisionOf(await consider('SOLUSDT'))).toEqual(['MARGIN_EXHAUSTED']);
    // An entry that is over in vain gives its margin back.
    bench.book.report(
      restingReport(bench.broker.placed[0]!, { state: 'expired', updatedAt: clock.now() + 1 }),
    );
    await consider('XRPUSDT');
    expect(decided.at(-1)).toEqual(['XRPUSDT', 'traded']);
  });

  it('takes no more leverage than the brackets grant, and lets go where they grant nothing', async () => {
    await consider('BTCUSDT');
    brackets = [{ notionalCap: 50_000, maxLeverage: 2, maintenanceRate: 0.01, maintenanceAmount: 0 }];
    await consider('ETHUSDT');
    // Above the last bracket the exchange takes nothing: 0.1 × 10,000 × 1 is more than 500.
    brackets = [{ ...brackets[0]!, notionalCap: 500 }];
    expect(decisionOf(await consider('SOLUSDT'))).toEqual(['LIQUIDATION_TOO_NEAR']);
    expect(bench.broker.leverages).toEqual([5, 2]);
  });

  it('takes an entry back whose symbol could not be prepared', async () => {
    bench.broker.onPrepare = failing('rejected', 'ACCOUNT.BAD_LEVERAGE');
    expect(decisionOf(await consider('BTCUSDT'))).toEqual(['ORDER_REJECTED']);
    bench.broker.onPrepare = failing('transient', 'EXCHANGE.AWAY');
    expect(decisionOf(await consider('ETHUSDT'))).toEqual(['ENTRY_NOT_FILLED']);
    expect(bench.book.symbols().size).toBe(0);
    expect(bench.journal.written('intent')).toEqual([]);
    bench.broker.onPrepare = () => undefined;
    await passes(1);
    await consider('BTCUSDT');
    expect(decided.at(-1)).toEqual(['BTCUSDT', 'traded']);
  });

  it('journals nothing of an entry when trading has ended meanwhile', async () => {
    bench.broker.onPrepare = () => new Promise((resolve) => setTimeout(resolve, 1_000));
    const signal = await consider('BTCUSDT');
    bench.mayOpen = false;
    await passes(1_000);
    expect(decisionOf(signal)).toEqual(['TRADING_OFF']);
    expect(bench.journal.written('intent')).toEqual([]);
    expect(bench.book.symbols().size).toBe(0);
  });

  it('does not send an entry whose preparation took too long', async () => {
    bench.broker.onPrepare = () => new Promise((resolve) => setTimeout(resolve, 6_000));
    const signal = await consider('BTCUSDT');
    await passes(6_000);
    expect(bench.broker.placed).toEqual([]);
    expect(decisionOf(signal)).toEqual(['ENTRY_NOT_FILLED']);
  });

  it.each<[string, () => void, string]>([
    ['is refused', () => (bench.broker.onPlace = failing('rejected', 'ORDER.NO')), 'ORDER_REJECTED'],
    [
      'finds no counterpart',
      () => (bench.broker.onPlace = (order) => restingReport(order, { state: 'expired' })),
      'ENTRY_NOT_FILLED',
    ],
  ])('takes its decision back when the entry %s', async (_, arrange, code) => {
    arrange();
    const signal = await consider('BTCUSDT');
    expect(decisionOf(signal)).toEqual([code]);
    expect(decided).toEqual([
      ['BTCUSDT', 'traded'],
      ['BTCUSDT', code],
    ]);
    expect(bench.book.symbols().size).toBe(0);
  });

  it('takes it back when nobody waits for the answer any more', async () => {
    bench.broker.onPlace = failing('outcome-unknown', 'EXCHANGE.TIMEOUT');
    const signal = await consider('BTCUSDT');
    expect(decisionOf(signal)).toEqual([]);
    await passes(15_000);
    expect(decisionOf(signal)).toEqual(['ENTRY_NOT_FILLED']);
  });

  it('decides once on what it is told twice', async () => {
    const signal = await consider('BTCUSDT');
    desk.consider(signal);
    await settles();
    expect([decided.length, bench.broker.placed.length]).toEqual([1, 1]);
  });
});
