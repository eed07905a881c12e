/** What can befall a Parquet file. Each takes the bytes of a whole one of 1000 rows and makes others of them. */

export interface Corruption {
  readonly name: string;
  apply(whole: Buffer): Buffer;
}

export const ROWS = 1000;

const footerLength = (whole: Buffer): number => whole.readUInt32LE(whole.length - 8);
const footerStart = (whole: Buffer): number => whole.length - 8 - footerLength(whole);

function changed(whole: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(whole);
  change(copy);
  return copy;
}

function withFooter(whole: Buffer, change: (footer: Buffer) => Buffer): Buffer {
  const start = footerStart(whole);
  const footer = change(Buffer.from(whole.subarray(start, whole.length - 8)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([whole.subarray(0, start), footer, length, Buffer.from('PAR1')]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128n) {
    bytes.push(Number(rest % 128n) + 128);
    rest /= 128n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

/** In Thrift's compact protocol: the next field (0x16), a 64-bit integer, zigzag. */
const rowsField = (rows: bigint): Buffer => Buffer.concat([Buffer.from([0x16]), varint(rows * 2n)]);

/** Claims another row count: of the file and its row group (`which` 'all' also of each column chunk). */
export function claimRows(whole: Buffer, rows: bigint, which: 'all' | 'first' | 'last' = 'all'): Buffer {
  const old = rowsField(BigInt(ROWS));
  return withFooter(whole, (footer) => {
    const parts: Buffer[] = [];
    let from = 0;
    const places: number[] = [];
    for (let at = footer.indexOf(old); at >= 0; at = footer.indexOf(old, at + 1)) places.push(at);
    const chosen = which === 'all' ? places : which === 'first' ? places.slice(0, 1) : places.slice(-1);
    for (const at of chosen) {
      parts.push(footer.subarray(from, at), rowsField(rows));
      from = at + old.length;
    }
    return Buffer.concat([...parts, footer.subarray(from)]);
  });
}

export const CORRUPTIONS: readonly Corruption[] = [
  { name: 'zero bytes', apply: () => Buffer.alloc(0) },
  { name: 'one byte', apply: () => Buffer.from('P') },
  { name: 'only the magic', apply: () => Buffer.from('PAR1') },
  { name: 'the magic twice', apply: () => Buffer.from('PAR1PAR1') },
  { name: 'the magic twice around a footer length of zero', apply: () => Buffer.from('PAR1\0\0\0\0PAR1') },
  { name: 'a text file', apply: () => Buffer.from('timestamp,open,high,low,close,volume\n1,2,3,4,5,6\n') },
  { name: 'a JSON error page', apply: () => Buffer.from('{"code":-1003,"msg":"Too many requests"}') },
  { name: 'an HTML page', apply: () => Buffer.from('<html><body>502 Bad Gateway</body></html>'.repeat(50)) },
  { name: 'all zeros', apply: (whole) => Buffer.alloc(whole.length) },
  { name: 'zeros between the magics', apply: (whole) => changed(whole, (c) => c.fill(0, 4, c.length - 4)) },
  { name: 'cut in half', apply: (whole) => whole.subarray(0, whole.length >> 1) },
  { name: 'cut by one byte', apply: (whole) => whole.subarray(0, -1) },
  { name: 'cut inside the footer', apply: (whole) => whole.subarray(0, footerStart(whole) + 40) },
  { name: 'cut at the front', apply: (whole) => whole.subarray(1) },
  {
    name: 'cut in half, with the magic at the end',
    apply: (whole) => Buffer.concat([whole.subarray(0, whole.length >> 1), Buffer.from('PAR1')]),
  },
  { name: 'a newline at the end', apply: (whole) => Buffer.concat([whole, Buffer.from('\n')]) },
  { name: 'a byte order mark', apply: (whole) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), whole]) },
  {
    name: 'line endings translated',
    apply: (whole) => Buffer.from(whole.toString('latin1').replaceAll('\n', '\r\n') + '\r\n', 'latin1'),
  },
  { name: 'decoded as UTF-8 and back', apply: (whole) => Buffer.from(whole.toString('utf8'), 'utf8') },
  { name: 'written twice, one after the other', apply: (whole) => Buffer.concat([whole, whole]) },
  { name: 'a footer length of 0', apply: (whole) => changed(whole, (c) => c.writeUInt32LE(0, c.length - 8)) },
  {
    name: 'a footer length of 2 GB',
    apply: (whole) => changed(whole, (c) => c.writeUInt32LE(0x7fffffff, c.length - 8)),
  },
  {
    name: 'a footer length of 4 GB',
    apply: (whole) => changed(whole, (c) => c.writeUInt32LE(0xffffffff, c.length - 8)),
  },
  {
    name: 'a footer length one too long',
    apply: (whole) => changed(whole, (c) => c.writeUInt32LE(footerLength(c) + 1, c.length - 8)),
  },
  {
    name: 'a footer of zeros',
    apply: (whole) => changed(whole, (c) => c.fill(0, footerStart(c), c.length - 8)),
  },
  {
    name: 'a footer of ones',
    apply: (whole) => changed(whole, (c) => c.fill(0xff, footerStart(c), c.length - 8)),
  },
  {
    name: 'a flipped footer',
    apply: (whole) => changed(whole, (c) => c.subarray(footerStart(c), c.length - 8).reverse()),
  },
  { name: 'the first page zeroed', apply: (whole) => changed(whole, (c) => c.fill(0, 4, 400)) },
  { name: 'a huge page header', apply: (whole) => changed(whole, (c) => c.fill(0xff, 4, 24)) },
  {
    name: 'encrypted Parquet',
    apply: (whole) => changed(whole, (c) => (c.write('PARE', 0), c.write('PARE', c.length - 4))),
  },
  { name: '4.29e9 rows claimed', apply: (whole) => claimRows(whole, 4_294_967_296n) },
  { name: '2^62 rows claimed', apply: (whole) => claimRows(whole, 1n << 61n) },
  { name: 'minus one row claimed', apply: (whole) => claimRows(whole, (1n << 63n) - 1n) },
  { name: 'one row too many claimed', apply: (whole) => claimRows(whole, 1001n) },
  { name: 'one row too few claimed', apply: (whole) => claimRows(whole, 999n) },
  { name: 'the row group alone claims 1001 rows', apply: (whole) => claimRows(whole, 1001n, 'last') },
  { name: 'the row group alone claims 2^60 rows', apply: (whole) => claimRows(whole, 1n << 60n, 'last') },
  { name: 'a page lost', apply: (whole) => Buffer.concat([whole.subarray(0, 600), whole.subarray(1200)]) },
  {
    name: 'a kilobyte put in',
    apply: (whole) => Buffer.concat([whole.subarray(0, 700), Buffer.alloc(1024, 7), whole.subarray(700)]),
  },
];

export const FOOTER_START = footerStart;

/** A small accident at a random place: flipped bits, overwritten, lost or inserted bytes, a swapped or repeated block. */
export function mutate(whole: Buffer, random: () => number, where: 'pages' | 'footer' | 'anywhere'): Buffer {
  const [from, to] =
    where === 'footer'
      ? [FOOTER_START(whole), whole.length]
      : [0, where === 'pages' ? FOOTER_START(whole) : whole.length];
  const at = from + Math.floor(random() * (to - from));
  const length = 1 + Math.floor(random() ** 3 * 64);
  const noise = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  switch (Math.floor(random() * 6)) {
    case 0:
      return changed(whole, (c) => (c[at]! ^= 1 << Math.floor(random() * 8)));
    case 1:
      return changed(whole, (c) => noise.copy(c, at));
    case 2:
      return Buffer.concat([whole.subarray(0, at), whole.subarray(at + length)]);
    case 3:
      return Buffer.concat([whole.subarray(0, at), noise, whole.subarray(at)]);
    case 4:
      return changed(whole, (c) => c.fill(random() < 0.5 ? 0 : 0xff, at, Math.min(c.length, at + length)));
    default:
      return Buffer.concat([whole.subarray(0, at), whole.subarray(Math.max(0, at - length))]);
  }
}
