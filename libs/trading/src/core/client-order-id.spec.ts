import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { clientOrderIdOf, isOurs, roleOf } from './client-order-id';
import type { OrderRole } from './order';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const ROLES: readonly OrderRole[] = ['entry', 'stop', 'target', 'exit'];

describe('client order id', () => {
  it('is what the exchange allows, tells its role, and depends on the intent alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...ROLES), (id, role) => {
        const made = clientOrderIdOf({ id, role }, sha256);
        expect(made).toMatch(/^[.A-Za-z0-9:/_-]{1,36}$/);
        expect(roleOf(made)).toBe(role);
        expect(clientOrderIdOf({ id, role }, sha256)).toBe(made);
      }),
    );
  });

  it('differs for each of 40,000 intents', () => {
    const ids = new Set<string>();
    for (let i = 0; i < 10_000; i++) {
      for (const role of ROLES) {
        ids.add(clientOrderIdOf({ id: `币安人生USDT:1m:x:long:${i}/${role}/1`, role }, sha256));
      }
    }
    expect(ids.size).toBe(40_000);
  });

  it('keeps its length when the digest begins with zeros', () => {
    const id = clientOrderIdOf({ id: 'a', role: 'stop' }, () => '0'.repeat(64));
    expect(id).toBe(`slt-s-${'0'.repeat(28)}`);
    expect(clientOrderIdOf({ id: 'a', role: 'stop' }, () => 'f'.repeat(64))).toHaveLength(34);
  });

  it.each(['x-15PC4ZJyabcdef', 'autoclose-123', 'slt-s-short', `slt-q-${'0'.repeat(28)}`, ''])(
    'does not take %p for ours',
    (id) => {
      expect(isOurs(id)).toBe(false);
      expect(roleOf(id)).toBeUndefined();
    },
  );

  it('refuses a digest that is too weak', () => {
    const weak = (): string => clientOrderIdOf({ id: 'a', role: 'stop' }, () => 'abc');
    expect(weak).toThrow(expect.objectContaining({ code: 'ORDER.WEAK_DIGEST' }));
  });
});
