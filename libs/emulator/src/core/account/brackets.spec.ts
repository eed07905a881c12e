import fc from 'fast-check';
import type { SymbolFacts } from '../market';
import { bracketsOf, maintenanceMargin, maxLeverage, maxNotional, toLeverageBrackets } from './brackets';
import { decimal } from './money';
import { FACTS } from './testing/scripted-market';

const named = (symbol: string): SymbolFacts => ({ ...FACTS, symbol, baseAsset: symbol.replace('USDT', '') });

describe('leverage brackets', () => {
  it('of BTCUSDT are those of the sample, cum included', () => {
    const rows = toLeverageBrackets(FACTS).map((row) => [
      row.notionalCap,
      row.initialLeverage,
      row.maintMarginRatio,
      row.cum,
    ]);
    expect(rows.slice(0, 7)).toEqual([
      ['50000', 125, '0.004', '0'],
      ['600000', 100, '0.005', '50'], // 50000 × 0.001
      ['3000000', 75, '0.0065', '950'], // 600000 × 0.0015 + 50
      ['12000000', 50, '0.01', '11450'], // 3000000 × 0.0035 + 950
      ['70000000', 25, '0.02', '131450'],
      ['100000000', 20, '0.025', '481450'],
      ['230000000', 10, '0.05', '2981450'],
    ]);
  });

  it('let the greatest notional shrink with leverage', () => {
    expect(maxLeverage(FACTS)).toBe(125);
    expect([125, 101, 100, 20, 1].map((leverage) => maxNotional(FACTS, leverage).toFixed())).toEqual([
      '50000',
      '50000',
      '600000',
      '100000000',
      '1800000000',
    ]);
  });

  it.each(['BTCUSDT', 'DOGEUSDT', 'SOLUSDT', 'KALOMIUSDT', '币安人生USDT', 'ABCUSDT'])(
    'of %s: the margin has no jump and grows',
    (symbol) => {
      const facts = named(symbol);
      for (const { cap } of bracketsOf(facts).slice(0, -1)) {
        const [at, above] = [cap, cap.plus('0.0001')].map((notional) => maintenanceMargin(facts, notional));
        expect(Number(above!.minus(at!))).toBeLessThan(0.0001);
        expect(above!.gte(at!)).toBe(true);
      }
    },
  );

  it('ask for less maintenance than initial margin, at the leverage allowed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('BTCUSDT', 'XUSDT', 'YUSDT', 'ZUSDT'),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        (symbol, size) => {
          const facts = named(symbol);
          const notional = decimal(size.toFixed(4));
          const leverage = bracketsOf(facts).find(({ cap }) => notional.lte(cap))!.leverage;
          expect(maintenanceMargin(facts, notional).lt(notional.div(leverage))).toBe(true);
        },
      ),
    );
  });
});
