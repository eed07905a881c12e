import { paramsOf } from './params';
import { AccountBench, codeOf, type Fields } from './testing/account-bench';

const leverage = (bench: AccountBench, value: string | number): unknown =>
  codeOf(() => bench.setting('setLeverage', { leverage: value }));
const marginType = (bench: AccountBench, value: string): unknown =>
  codeOf(() => bench.setting('setMarginType', { marginType: value }));
const mode = (bench: AccountBench, fields: Fields): unknown =>
  codeOf(() => bench.engine.settings.setPositionMode(paramsOf(fields), bench.now));
const multiAssets = (bench: AccountBench, isOn: boolean): unknown =>
  codeOf(() => bench.engine.settings.setMultiAssetsMode(paramsOf({ multiAssetsMargin: isOn }), bench.now));

describe('leverage', () => {
  it('is 20 at first, and told when it changes', () => {
    const bench = new AccountBench();
    const config = (): unknown => bench.engine.settings.symbolConfig(paramsOf({}), bench.now);
    expect(config()).toEqual([
      { symbol: 'BTCUSDT', marginType: 'CROSSED', leverage: 20, maxNotionalValue: '100000000' },
    ]);
    const answer = bench.engine.settings.setLeverage(
      paramsOf({ symbol: 'BTCUSDT', leverage: 21 }),
      bench.now,
    );
    expect(answer).toEqual({ symbol: 'BTCUSDT', leverage: 21, maxNotionalValue: '70000000' });
    bench.setting('setLeverage', { leverage: 21 });
    expect(bench.events).toEqual([
      { kind: 'leverage-update', at: bench.now, symbol: 'BTCUSDT', leverage: 21 },
    ]);
  });

  it('may start elsewhere', () => {
    const bench = new AccountBench({}, { defaultLeverage: 200 });
    expect(bench.engine.settings.symbolConfig(paramsOf({}), bench.now)[0]!.leverage).toBe(125);
  });

  it('is refused outside 1 to 125', () => {
    const bench = new AccountBench();
    expect(['0', '126', '125', '1', 'x'].map((value) => leverage(bench, value))).toEqual([
      -4028,
      -4028,
      'accepted',
      'accepted',
      -1100,
    ]);
  });

  it('is refused above what the position allows, and below what the margin allows', () => {
    const bench = new AccountBench({ levelQuantity: '9' });
    bench.trade('BUY', '1.5'); // 75000 > 50000
    expect(leverage(bench, 125)).toBe(-2027);
    expect(leverage(bench, 100)).toBe('accepted');
    expect(leverage(bench, 8)).toBe('accepted'); // 75000 ÷ 8 = 9375
    expect(leverage(bench, 7)).toBe(-2028); // 75000 ÷ 7 = 10714
  });

  it('does not shrink while an isolated position is open', () => {
    const bench = new AccountBench();
    bench.setting('setMarginType', { marginType: 'ISOLATED' });
    bench.trade('BUY', '0.1');
    expect([leverage(bench, 19), leverage(bench, 21)]).toEqual([-4161, 'accepted']);
  });
});

describe('the margin type', () => {
  it('changes while nothing is open', () => {
    const bench = new AccountBench();
    expect(['CROSSED', 'ISOLATED', 'ISOLATED', 'BOTH'].map((value) => marginType(bench, value))).toEqual([
      -4046,
      'accepted',
      -4046,
      -1130,
    ]);
  });

  it('does not change with open orders or a position', () => {
    const bench = new AccountBench();
    bench.limit('BUY', '0.01', '49000');
    expect(marginType(bench, 'ISOLATED')).toBe(-4047);
    const other = new AccountBench();
    other.trade('BUY', '0.01');
    expect(marginType(other, 'ISOLATED')).toBe(-4048);
  });
});

describe('the position mode', () => {
  it('changes while nothing is open', () => {
    const bench = new AccountBench();
    expect(mode(bench, { dualSidePosition: 'false' })).toBe(-4059);
    expect(mode(bench, {})).toBe(-1102);
    expect(mode(bench, { dualSidePosition: 'true' })).toBe('accepted');
    expect(bench.engine.settings.isHedgeMode).toBe(true);
  });

  it('does not change with open orders, algo orders or positions', () => {
    const codes = [
      (bench: AccountBench) => bench.limit('BUY', '0.01', '49000'),
      (bench: AccountBench) =>
        bench.algo({ side: 'BUY', type: 'STOP_MARKET', triggerPrice: '51000', quantity: '0.01' }),
      (bench: AccountBench) => bench.trade('BUY', '0.01'),
    ].map((prepare) => {
      const bench = new AccountBench();
      prepare(bench);
      return mode(bench, { dualSidePosition: true });
    });
    expect(codes).toEqual([-4067, -4067, -4068]);
  });

  it('hedged, a stop that closes a side closes that one alone', () => {
    const bench = new AccountBench();
    bench.hedge();
    bench.trade('BUY', '0.02', { positionSide: 'LONG' });
    bench.trade('SELL', '0.01', { positionSide: 'SHORT' });
    const stop = bench.algo({
      side: 'SELL',
      positionSide: 'LONG',
      type: 'STOP_MARKET',
      triggerPrice: '49900',
      closePosition: true,
    });
    bench.move(49_890);
    bench.pass(1000);
    expect(bench.algoOf(stop.algoId)).toMatchObject({ algoStatus: 'FINISHED', actualQty: '0.020' });
    expect(bench.position()).toMatchObject({ positionSide: 'SHORT', positionAmt: '-0.010' });
  });

  it('hedged, long and short live side by side', () => {
    const bench = new AccountBench();
    bench.hedge();
    bench.trade('BUY', '0.02', { positionSide: 'LONG' });
    bench.trade('SELL', '0.01', { positionSide: 'SHORT' });
    const rows = bench.engine.reports.positions(paramsOf({}), bench.now);
    expect(rows.map(({ positionSide, positionAmt }) => [positionSide, positionAmt])).toEqual([
      ['LONG', '0.020'],
      ['SHORT', '-0.010'],
    ]);
    bench.trade('SELL', '0.02', { positionSide: 'LONG' });
    expect(bench.engine.reports.positions(paramsOf({}), bench.now)).toHaveLength(1);
  });
});

describe('multi-assets mode', () => {
  it('excludes isolated margin', () => {
    const bench = new AccountBench();
    expect(multiAssets(bench, false)).toBe(-4171);
    bench.setting('setMarginType', { marginType: 'ISOLATED' });
    expect(multiAssets(bench, true)).toBe(-4167);
    bench.setting('setMarginType', { marginType: 'CROSSED' });
    expect(multiAssets(bench, true)).toBe('accepted');
    expect(marginType(bench, 'ISOLATED')).toBe(-4168);
    expect(bench.events.at(-1)).toEqual({ kind: 'multi-assets-update', at: bench.now, isOn: true });
  });
});
