import { paramsOf } from './params';
import { AccountBench, codeOf, START } from './testing/account-bench';

describe('what is available', () => {
  it('is the wallet less margin, with gains and losses', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '1');
    // fee 50000.1 × 0.0005 = 25.00005; unrealised (50000 − 50000.1) × 1 = −0.1; margin 50000 ÷ 20 = 2500
    expect(bench.balance()).toMatchObject({
      walletBalance: '9974.99995000',
      unrealizedProfit: '-0.10000000',
      marginBalance: '9974.89995000',
      positionInitialMargin: '2500.00000000',
      // 50000 × 0.004 − 0
      maintMargin: '200.00000000',
      availableBalance: '7474.89995000',
    });
    bench.move(51_000);
    // margin 51000 ÷ 20 = 2550; unrealised 999.9
    expect(bench.balance()).toMatchObject({
      unrealizedProfit: '999.90000000',
      availableBalance: '8424.89995000', // 9974.99995 + 999.9 − 2550
    });
  });

  it('counts the larger side of open orders', () => {
    const bench = new AccountBench();
    bench.limit('BUY', '0.4', '49000'); // 19600
    bench.limit('SELL', '0.2', '51000'); // 10200
    expect(bench.balance().openOrderInitialMargin).toBe('980.00000000'); // 19600 ÷ 20
    expect(bench.position()).toMatchObject({
      positionAmt: '0.000',
      bidNotional: '19600.00000000',
      askNotional: '10200.00000000',
    });
  });

  it('asks for the open loss of an order worse than the mark price', () => {
    const bench = new AccountBench({ levels: 0 });
    // 1 × 52000 ÷ 20 = 2600, and 2000 to lose at once: 4600 each
    bench.limit('BUY', '1', '52000');
    expect(bench.balance().availableBalance).toBe('7400.00000000'); // the loss is asked for, not kept
    expect(codeOf(() => bench.limit('BUY', '1', '52000'))).toBe('accepted');
    expect(codeOf(() => bench.limit('BUY', '1.1', '52000'))).toBe(-2019); // 1.1 × 4600 = 5060 > 4800
  });

  it('is not asked for what makes a position smaller', () => {
    const bench = new AccountBench({}, { initialBalance: '2600' });
    bench.trade('BUY', '1');
    expect(codeOf(() => bench.trade('SELL', '1'))).toBe('accepted');
  });
});

describe('the liquidation price', () => {
  it('of a cross long follows the formula', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '1');
    // (9974.99995 + 0 − 50000.1) ÷ (0.004 − 1) = 40185.8434…
    expect(Number(bench.position()!.liquidationPrice)).toBeCloseTo((9974.99995 - 50_000.1) / (0.004 - 1), 6);
  });

  it('of a cross short follows the formula', () => {
    const bench = new AccountBench();
    bench.trade('SELL', '1');
    // (9975 + 50000) ÷ (0.004 + 1): fee 50000 × 0.0005 = 25
    expect(Number(bench.position()!.liquidationPrice)).toBeCloseTo((9975 + 50_000) / 1.004, 6);
  });

  it('of an isolated one counts its own wallet only', () => {
    const bench = new AccountBench();
    bench.setting('setMarginType', { marginType: 'ISOLATED' });
    bench.trade('BUY', '1');
    const position = bench.position()!;
    expect(position).toMatchObject({ marginType: 'ISOLATED', isolatedWallet: '2500.00500000' }); // 50000.1 ÷ 20
    expect(Number(position.liquidationPrice)).toBeCloseTo((2500.005 - 50_000.1) / (0.004 - 1), 6);
  });

  it('is 0 where nothing would liquidate it', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.01');
    expect(bench.position()!.liquidationPrice).toBe('0');
  });
});

describe('an isolated position', () => {
  const isolated = (): AccountBench => {
    const bench = new AccountBench();
    bench.setting('setMarginType', { marginType: 'ISOLATED' });
    bench.trade('BUY', '1');
    return bench;
  };

  it('gives its margin back with its profit, share by share', () => {
    const bench = isolated();
    bench.move(51_000);
    bench.trade('SELL', '0.5');
    // realised 0.5 × (51000 − 50000.1) = 499.95; (2500.005 + 499.95) ÷ 2 = 1499.9775 stays
    expect(bench.position()!.isolatedWallet).toBe('1499.97750000');
    bench.trade('SELL', '0.5');
    expect(bench.position()).toBeUndefined();
    const { walletBalance, crossWalletBalance } = bench.balance();
    expect(crossWalletBalance).toBe(walletBalance);
  });

  it('takes and gives margin on request, as far as there is any', () => {
    const bench = isolated();
    bench.setting('changePositionMargin', { amount: '100', type: 1 });
    expect(bench.position()!.isolatedWallet).toBe('2600.00500000');
    expect(bench.events.at(-1)).toMatchObject({ kind: 'account-update', reason: 'MARGIN_TRANSFER' });
    const code = (amount: string, type: number): unknown =>
      codeOf(() => bench.setting('changePositionMargin', { amount, type }));
    // 2600.005 − 0.1 (loss) − 2500 = 99.905
    expect([code('99.91', 2), code('99.9', 2)]).toEqual([-4051, 'accepted']);
    expect([code('8000', 1), code('0', 1), code('-1', 1), code('1', 3)]).toEqual([
      -4050, -4055, -4055, -1130,
    ]);
  });

  it('is needed for that', () => {
    const bench = new AccountBench();
    const add = (): unknown => codeOf(() => bench.setting('changePositionMargin', { amount: '1', type: 1 }));
    expect(add()).toBe(-4049);
    bench.setting('setMarginType', { marginType: 'ISOLATED' });
    expect(add()).toBe(-4054);
  });
});

describe('funding', () => {
  const FUNDING = START + 3_600_000;

  it('is paid by a long of a cross wallet, told with the symbol and without position', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '1');
    bench.events.length = 0;
    bench.pass(FUNDING - bench.now);
    // 50000 × 0.0001 = 5
    expect(bench.events).toEqual([
      expect.objectContaining({
        kind: 'account-update',
        reason: 'FUNDING_FEE',
        at: FUNDING,
        symbol: 'BTCUSDT',
        positions: [],
      }),
    ]);
    expect(bench.balance().walletBalance).toBe('9969.99995000'); // 9974.99995 − 5
    const income = bench.engine.reports.income(paramsOf({ incomeType: 'FUNDING_FEE' }), bench.now);
    expect(income).toMatchObject([{ income: '-5.00000000', time: FUNDING, tradeId: '' }]);
  });

  it('is got by a short, into its own wallet when isolated', () => {
    const bench = new AccountBench();
    bench.setting('setMarginType', { marginType: 'ISOLATED' });
    bench.trade('SELL', '1');
    bench.pass(FUNDING - bench.now);
    expect(bench.position()!.isolatedWallet).toBe('2505.00000000'); // 2500 + 5
    const told = bench.events.at(-1);
    expect(told).toMatchObject({ reason: 'FUNDING_FEE', positions: [{ positionAmt: '-1.000' }] });
  });

  it('comes again every eight hours while a position is held, and only then', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '1');
    bench.pass(25 * 3_600_000); // 08:00, 16:00, 00:00, 08:00
    bench.trade('SELL', '1');
    bench.pass(86_400_000);
    const income = bench.engine.ledger(bench.now).income.filter((row) => row.incomeType === 'FUNDING_FEE');
    expect(income.map(({ time }) => (time - FUNDING) / 3_600_000)).toEqual([0, 8, 16, 24]);
  });

  it('of 0 leaves no row', () => {
    const bench = new AccountBench();
    bench.market.fundingRate = '0';
    bench.trade('BUY', '1');
    bench.pass(2 * 3_600_000);
    const income = bench.engine.ledger(bench.now).income;
    expect(income.map(({ incomeType }) => incomeType)).toEqual(['COMMISSION']);
  });
});

describe('the wallet', () => {
  it('takes deposits and gives what is available', () => {
    const bench = new AccountBench();
    bench.engine.transfer('500.5', bench.now);
    expect(bench.balance().walletBalance).toBe('10500.50000000');
    bench.trade('BUY', '1');
    expect(codeOf(() => bench.engine.transfer('-8000', bench.now))).toBe(-2018);
    bench.engine.transfer('-7000', bench.now);
    const transfers = bench.engine.reports.income(paramsOf({ incomeType: 'TRANSFER' }), bench.now);
    expect(transfers.map(({ income, symbol }) => [income, symbol])).toEqual([
      ['500.50000000', ''],
      ['-7000.00000000', ''],
    ]);
    const reasons = bench.events.map((event) => event.kind === 'account-update' && event.reason);
    expect([reasons.at(0), reasons.at(-1)]).toEqual(['DEPOSIT', 'WITHDRAW']);
    expect(() => bench.engine.transfer('many', bench.now)).toThrow('no amount');
  });
});
