import fc from 'fast-check';
import { parseDecimal } from './decimal';

describe('parseDecimal', () => {
  it.each([
    ['0', 0],
    ['0.0010', 0.001],
    ['77322.40', 77322.4],
    ['0.00000001', 1e-8],
    ['36826505.347260', 36826505.34726],
    ['123456789012345', 123456789012345],
    ['9007199254740993', 9007199254740992],
    [5.5, 5.5],
  ])('reads %s', (value, expected) => expect(parseDecimal(value)).toBe(expected));

  it.each([
    '',
    ' ',
    '.',
    '1.',
    '.5',
    '1.2.3',
    '-1',
    '+1',
    '1e5',
    '0x10',
    '1,5',
    'NaN',
    'Infinity',
    ' 1',
    '1 ',
    '9'.repeat(400),
    -1,
    NaN,
    Infinity,
    null,
    undefined,
    {},
    [],
  ])('refuses %j', (value) => expect(parseDecimal(value)).toBeNaN());

  it('agrees with the language on every decimal text', () => {
    const text = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.option(fc.stringMatching(/^\d{1,14}$/)))
      .map(([whole, fraction]) => (fraction === null ? `${whole}` : `${whole}.${fraction}`));
    fc.assert(
      fc.property(text, (decimal) => expect(parseDecimal(decimal)).toBe(Number(decimal))),
      { numRuns: 2_000 },
    );
  });

  it('takes exactly what the pattern takes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9.\- e]{0,18}$/), (text) => {
        expect(Number.isNaN(parseDecimal(text))).toBe(!/^\d+(?:\.\d+)?$/.test(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
