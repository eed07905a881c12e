import { IdMaker } from './ids';

describe('ids', () => {
  it('of ETHUSDT have 19 digits, which no float64 holds', () => {
    const id = new IdMaker(1, 'some').orderId('ETHUSDT');
    expect(String(id)).toMatch(/^8\d{18}$/);
    expect(id).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  });

  it('have them for all symbols, for none, or for a share', () => {
    const isLong = (ids: IdMaker, symbol: string): boolean => String(ids.orderId(symbol)).length === 19;
    const symbols = Array.from({ length: 200 }, (_, i) => `S${i}USDT`);
    const longOnes = (which: 'all' | 'none' | 'some'): number => {
      const ids = new IdMaker(2, which);
      return symbols.filter((symbol) => isLong(ids, symbol)).length;
    };
    expect([longOnes('all'), longOnes('none')]).toEqual([200, 0]);
    expect(longOnes('some')).toBeGreaterThan(10);
    expect(longOnes('some')).toBeLessThan(100);
  });

  it('ascend, are unique over all symbols, and fit 64 bits', () => {
    const ids = new IdMaker(4_000_000_000, 'some');
    const made = Array.from({ length: 3000 }, (_, i) =>
      ids.orderId(i % 2 === 0 ? 'ETHUSDT' : `A${i % 7}USDT`),
    );
    expect(new Set(made).size).toBe(3000);
    const ether = made.filter((_, i) => i % 2 === 0);
    ether.slice(1).forEach((id, i) => expect(id > ether[i]!).toBe(true));
    for (const id of made) expect(id).toBeLessThan(2n ** 63n);
  });

  it('of algo orders are above 10^15 and safe', () => {
    const id = new IdMaker(3, 'all').algoId();
    expect(id).toBeGreaterThan(10n ** 15n);
    expect(id).toBeLessThan(BigInt(Number.MAX_SAFE_INTEGER));
  });

  it('of trades lie in their minute and ascend also within an instant', () => {
    const ids = new IdMaker(3, 'all');
    const at = Date.UTC(2026, 0, 1) + 59_999;
    const made = [ids.tradeId('X', at), ids.tradeId('X', at), ids.tradeId('X', at + 1)];
    expect(made[1]).toBe(made[0]! + 1);
    expect(made[2]).toBeGreaterThan(made[1]!);
    expect(Math.floor(made[0]! / 1e6)).toBe(Math.floor(at / 60_000));
    expect(made.every(Number.isSafeInteger)).toBe(true);
  });

  it('made for clients are unique and allowed', () => {
    const ids = new IdMaker(9, 'some');
    const made = Array.from({ length: 1000 }, () => ids.clientId());
    expect(new Set(made).size).toBe(1000);
    for (const id of made) expect(id).toMatch(/^[.A-Z:/a-z0-9_-]{1,36}$/);
  });

  it('differ between accounts', () => {
    const [one, other] = [new IdMaker(1, 'none'), new IdMaker(2, 'none')];
    expect(one.orderId('X')).not.toBe(other.orderId('X'));
    expect(one.algoId()).not.toBe(other.algoId());
  });
});
