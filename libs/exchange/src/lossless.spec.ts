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

  it('reads whatever JSON.parse reads, numbers aside', () => {
    const json = fc
      .jsonValue({ noUnicodeString: false })
      .filter((value) => !/\d[.e]/i.test(JSON.stringify(value)));
    fc.assert(
      fc.property(json, (value) =>
        expect(parseLossless(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    );
  });

  it.each(['', '{', '{"a":1', '[1,]', 'nul', '{"a":1}x'])('throws on %j', (text) => {
    expect(() => parseLossless(text)).toThrow(SyntaxError);
  });
});
