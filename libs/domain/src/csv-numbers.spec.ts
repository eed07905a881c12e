import fc from 'fast-check';
import { CsvNumbers } from './csv-numbers';

interface Read {
  readonly header: readonly string[] | undefined;
  readonly rows: { line: number; fields: number; fault: string | undefined; values: number[] }[];
}

function read(pieces: readonly Uint8Array[], columns = 3): Read {
  const rows: Read['rows'] = [];
  let header: readonly string[] | undefined;
  const numbers = new CsvNumbers({
    columns,
    onHeader: (names) => (header = names),
    onRow: ({ line, fields, fault, values }) => rows.push({ line, fields, fault, values: [...values] }),
  });
  for (const piece of pieces) numbers.push(piece);
  numbers.end();
  return { header, rows };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const valuesOf = (text: string): number[][] => read([bytes(text)]).rows.map(({ values }) => values);

describe('numbers of a CSV', () => {
  it('are read with and without header, byte order mark, last line feed, and with either line end', () => {
    const plain = '1,2,3\n4.50,0.001,6e-7';
    const named = 'a,"b" ,C\n' + plain;
    for (const text of [plain, named, `\uFEFF${named}`, `\uFEFF${plain}`, `${named}\n`, `${named}\n\n`]) {
      for (const variant of [text, text.replaceAll('\n', '\r\n')]) {
        const { header, rows } = read([bytes(variant)]);
        expect(rows.map(({ values }) => values)).toEqual([
          [1, 2, 3],
          [4.5, 0.001, 6e-7],
        ]);
        expect(header).toEqual(text.includes('a') ? ['a', 'b', 'C'] : undefined);
      }
    }
  });

  it('are the same however the bytes are cut', () => {
    const text = '\uFEFFa,b,c\r\n1.25,2,3\r\n\r\n4,x,6\r\n7,8\r\n9.000000000000000001,1e3,3';
    const whole = read([bytes(text)]);
    expect(whole.rows).toHaveLength(4);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes(text).length)), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), bytes(text).length];
        const pieces = ends.map((end, i) => bytes(text).subarray(ends[i - 1] ?? 0, end));
        // The byte order mark is looked for in a whole line, so it may be cut too.
        expect(read(pieces)).toEqual(whole);
      }),
    );
  });

  it('are the very doubles that Number() reads', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc
        .tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 30 }))
        .map(([a, b, zeros]) => `${a}.${b}${'0'.repeat(zeros)}`),
      fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String),
      fc.constantFrom('.5', '5.', '00012.50', '+1', ' 7 ', '-0'),
    );
    fc.assert(
      fc.property(fc.array(number, { minLength: 3, maxLength: 3 }), (texts) => {
        expect(valuesOf(texts.join(','))).toEqual([texts.map(Number)]);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', '.', 'NaN', 'x1', '1e999', '  ', '1.2.3', '--1', '1 2'])(
    'with "%s" among them are told',
    (field) => {
      expect(read([bytes(`1,${field},3`)]).rows[0]).toMatchObject({ line: 1, fields: 3, fault: field });
    },
  );

  it('count the columns of each row, read or not', () => {
    const { rows } = read([bytes('1\n1,2\n1,2,\n1,2,3,x,')]);
    expect(rows.map(({ fields, fault }) => [fields, fault])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, ''],
      [5, undefined],
    ]);
  });

  it('are taken from the selected columns alone', () => {
    const rows: number[][] = [];
    const numbers: CsvNumbers = new CsvNumbers({
      columns: 1,
      onHeader: (names) => numbers.select([names.indexOf('b'), names.indexOf('a')]),
      onRow: ({ values, fault }) => rows.push([values[3]!, values[1]!, fault === undefined ? 0 : 1]),
    });
    numbers.push(bytes('x,a,y,b,z\nword,1,"q",2,\n'));
    expect(rows).toEqual([[2, 1, 0]]);
  });

  it('count decimals as written and as needed', () => {
    const rows: number[][] = [];
    const numbers = new CsvNumbers({
      columns: 1,
      onRow: ({ places, exactPlaces }) => rows.push([places[0]!, exactPlaces[0]!]),
    });
    numbers.push(bytes('1\n1.50\n100.00\n1e-7\n0.0010\n'));
    expect(rows).toEqual([
      [0, 0],
      [2, 1],
      [2, 0],
      [7, 7],
      [4, 3],
    ]);
  });

  it('end where the reader says so', () => {
    const lines: number[] = [];
    const numbers = new CsvNumbers({
      columns: 1,
      onRow: (row) => {
        lines.push(row.line);
        if (row.line === 2) row.stop();
      },
    });
    numbers.push(bytes('1\n2\n3\n'));
    numbers.push(bytes('4\n5'));
    numbers.end();
    expect(lines).toEqual([1, 2]);
  });

  it('are not looked for without end in a file without line ends', () => {
    const junk = new Uint8Array(50_000).fill(55);
    const { rows } = read([junk, junk, junk, bytes('\n1,2,3\n')]);
    expect(rows.map(({ line, fault }) => [line, fault === undefined])).toEqual([
      [1, false],
      [2, true],
    ]);
  });
});
