import fc from 'fast-check';
import { csvLine } from './csv';

describe('a line of CSV', () => {
  it.each([
    [['a', 1, -2.5, true, null, undefined], 'a,1,-2.5,true,,\r\n'],
    [['a,b', 'say "no"', 'two\r\nlines'], '"a,b","say ""no""","two\r\nlines"\r\n'],
    [
      ['-0.00012', '+1e-7', '-1.5E+3', '19digits1234567890123'],
      '-0.00012,+1e-7,-1.5E+3,19digits1234567890123\r\n',
    ],
    [['=1+1', '+x', '-x', '@sum(a1)', '\tx'], "'=1+1,'+x,'-x,'@sum(a1),'\tx\r\n"],
    [['=HYPERLINK("http://x","y")'], '"\'=HYPERLINK(""http://x"",""y"")"\r\n'],
    [['＝1', '币安人生USDT'], "'＝1,币安人生USDT\r\n"],
    [[' x'], '" x"\r\n'],
  ])('%j', (values, line) => {
    expect(csvLine(values)).toBe(line);
  });

  it('is read back as it was, but for the mark of what looked like a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (values) => {
        const read = parse(csvLine(values));
        expect(read.map((field) => field.replace(/^'/, ''))).toEqual(
          values.map((value) => value.replace(/^'/, '')),
        );
        for (const field of read) expect(/^[=@\t\r]|^[+-](?![\d.])/.test(field)).toBe(false);
      }),
    );
  });
});

/** One record, by RFC 4180. */
function parse(line: string): string[] {
  expect(line.endsWith('\r\n')).toBe(true);
  const body = line.slice(0, -2);
  const fields: string[] = [];
  for (let at = 0; at <= body.length;) {
    const match = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|$)/s.exec(body.slice(at));
    if (match === null) throw new Error(`no field at ${at} of ${JSON.stringify(body)}`);
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    at += match[0].length;
    if (match[3] === '') break;
  }
  return fields;
}
