import { AccountBench, codeOf } from './testing/account-bench';
import { paramsOf } from './params';
import { decimal, sum } from './money';

const walletIs = (bench: AccountBench): void => {
  const { initialBalance, walletBalance, income } = bench.engine.ledger(bench.now);
  const booked = sum(income.map((row) => decimal(row.income)));
  expect(decimal(initialBalance).plus(booked).toFixed(8)).toBe(walletBalance);
};

describe('a cross account short of margin', () => {
  /** 3 BTC with 10000: about 15 times. */
  const stretched = (): AccountBench => {
    const bench = new AccountBench({ levelQuantity: '10.000' });
    bench.trade('BUY', '3');
    return bench;
  };

  it('is called once, and again only after it has recovered', () => {
    const bench = stretched();
    bench.events.length = 0;
    // wallet 9924.99985: at 46850 the balance is 9924.99985 − 3 × 3150.1 = 474.7; maintenance 140550 × 0.005 − 50 = 652.75
    // at 47000: 924.7 and 655 → 0.708; at 46950: 774.7 and 654.25 → 0.845
    bench.move(47_000);
    expect(bench.story()).toEqual([]);
    bench.move(46_950);
    bench.pass(5000);
    expect(bench.story()).toEqual(['margin-call']);
    expect(bench.events[0]).toMatchObject({
      crossWalletBalance: '9924.99985000',
      positions: [{ symbol: 'BTCUSDT', maintMargin: '654.25000000', markPrice: '46950.00000000' }],
    });
    bench.move(48_000);
    bench.move(46_950);
    expect(bench.story()).toEqual(['margin-call', 'margin-call']);
  });

  it('loses its open orders and its position by a forced order', () => {
    const bench = new AccountBench({ levelQuantity: '10.000' });
    const rest = bench.limit('BUY', '0.01', '48000');
    bench.trade('BUY', '3');
    const stop = bench.algo({
      side: 'SELL',
      type: 'STOP_MARKET',
      triggerPrice: '40000',
      closePosition: true,
    });
    bench.events.length = 0;
    bench.market.trade(bench.now + 500, 46_850, 0);
    bench.pass(1000);
    expect(bench.position()).toBeUndefined();
    expect(bench.order(rest.orderId)).toMatchObject({ status: 'FILLED' });
    expect(bench.algoOf(stop.algoId).algoStatus).toBe('EXPIRED');
    const forced = bench.engine.reports.forceOrders(paramsOf({ symbol: 'BTCUSDT' }), bench.now)[0]!;
    expect(forced).toMatchObject({ side: 'SELL', status: 'FILLED', executedQty: '3.010', type: 'MARKET' });
    expect(forced.clientOrderId).toMatch(/^autoclose-\d+$/);
    const executions = bench.events.flatMap((event) =>
      event.kind === 'order-trade-update' && event.order.orderId === forced.orderId
        ? [`${event.execution} ${event.order.status}`]
        : [],
    );
    expect(executions).toEqual(['NEW NEW', 'CALCULATED FILLED']);
    const trade = bench.engine.ledger(bench.now).trades.at(-1)!;
    // The fee of a liquidation: 3.01 × 46850 × 0.0125 = 1762.73125
    expect(trade).toMatchObject({ price: '46850.00', commission: '1762.73125000' });
    walletIs(bench);
  });

  it('loses its other open orders first', () => {
    const bench = stretched();
    const far = bench.limit('SELL', '0.1', '52000');
    bench.move(40_000);
    expect(bench.order(far.orderId)).toMatchObject({ status: 'EXPIRED', expiryReason: '5' });
    expect(bench.engine.nextDueAt()).toBeDefined();
  });

  it('ends at zero when the fall was deeper than the wallet', () => {
    const bench = stretched();
    bench.events.length = 0;
    bench.move(40_000);
    expect(bench.balance().walletBalance).toBe('0.00000000');
    const income = bench.engine.ledger(bench.now).income.at(-1)!;
    // 9924.99985 − 3 × 10000.1 − 3 × 40000 × 0.0125 = −21575.30015
    expect(income).toMatchObject({ incomeType: 'INSURANCE_CLEAR', income: '21575.30015000' });
    expect(bench.events.at(-1)).toMatchObject({ kind: 'account-update', reason: 'INSURANCE_CLEAR' });
    walletIs(bench);
    expect(codeOf(() => bench.trade('BUY', '0.01'))).toBe(-2019);
  });
});

describe('an isolated position short of margin', () => {
  it('is liquidated alone, and takes no more than its own wallet', () => {
    const bench = new AccountBench({ levelQuantity: '10.000' });
    bench.setting('setMarginType', { marginType: 'ISOLATED' });
    bench.trade('BUY', '1');
    const outside = bench.balance().crossWalletBalance;
    bench.move(45_000); // 2500.005 − 5000.1 < 0
    expect(bench.position()).toBeUndefined();
    expect(bench.balance()).toMatchObject({ walletBalance: outside, crossWalletBalance: outside });
    walletIs(bench);
  });

  it('leaves what is left of its wallet', () => {
    const bench = new AccountBench({ levelQuantity: '10.000' });
    bench.setting('setMarginType', { marginType: 'ISOLATED' });
    bench.trade('BUY', '1');
    const outside = Number(bench.balance().crossWalletBalance);
    bench.move(48_400); // 2500.005 − 1600.1 − 605 fee = 294.905, above maintenance
    expect(bench.position()).toBeDefined();
    bench.move(47_690); // 2500.005 − 2310.1 = 189.905 ≤ 47690 × 0.004 = 190.76
    expect(bench.position()).toBeUndefined();
    // the fee, 47690 × 0.0125 = 596.125, is more than is left: the insurance fund pays the rest
    expect(Number(bench.balance().walletBalance)).toBeCloseTo(outside, 8);
  });
});

describe('the end of a contract', () => {
  it('closes positions at the mark price and ends orders', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.5');
    const rest = bench.limit('BUY', '0.01', '49000');
    const stop = bench.algo({ side: 'SELL', type: 'STOP_MARKET', triggerPrice: '48000', quantity: '0.5' });
    bench.market.markOffset = 10;
    bench.market.delist('BTCUSDT', bench.now + 59_900);
    bench.pass(59_899);
    expect(bench.position()).toBeDefined();
    bench.pass(1);
    expect(bench.engine.ledger(bench.now).positions).toEqual([]);
    expect(bench.order(rest.orderId)).toMatchObject({ status: 'EXPIRED', expiryReason: '7' });
    expect(bench.algoOf(stop.algoId).algoStatus).toBe('EXPIRED');
    const trade = bench.engine.ledger(bench.now).trades.at(-1)!;
    expect(trade).toMatchObject({ price: '50010.00', qty: '0.500', side: 'SELL' });
    expect(trade.clientOrderId).toMatch(/^settlement_autoclose-\d+$/);
    expect(bench.engine.nextDueAt()).toBe(bench.now + 3_600_000 - 60_000);
  });
});
