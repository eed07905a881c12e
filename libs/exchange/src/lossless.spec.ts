import fc from 'fast-check';
import { parseLossless } from './lossless';

describe('parseLossless', () => {
  it.each([
    ['8389765612345678901', '8389765612345678901'],
    ['9007199254740991', 9007199254740991], // 2^53 − 1
    ['9007199254740992', '9007199254740992'],
    ['-9007199254740993', '-9007199254740993'],
    ['1.0000000000000000001', '1.0000000000000000001'],
    ['0.10', '0.10'],
    ['1.0E7', '1.0E7'],
    ['{"a":1,"a":2}', { a: 2 }],
    ['"\\u5e01"', '币'],
  ])('%s', (text, expected) => {
    expect(parseLossless(text)).toEqual(expected);
  });

  it('reads what JSON.parse reads, where no digit is at stake', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        ...[fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null)],
        fc.array(tie('value')),
        fc.dictionary(fc.string({ unit: 'binary' }), tie('value')),
      ),
    }));
    fc.assert(
      fc.property(value, (each) => {
        const text = JSON.stringify(each);
        expect(parseLossless(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['', '{', '{"a":1', '[1,]', 'nul', '{"a":1}x'])('throws on %j', (text) => {
    expect(() => parseLossless(text)).toThrow(SyntaxError);
  });
});
