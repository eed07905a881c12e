/**
 * Candle columns as Arrow IPC, the form in which columns enter and leave polars without a wrapper object for each
 * (which costs more than the compression). The frame of a stream depends on the number of rows alone, so it is made
 * once by apache-arrow and then only filled.
 */
import { makeVector, type Schema, Table, tableFromIPC, tableToIPC, Type } from 'apache-arrow';
import { CANDLE_FIELDS, type CandleColumns } from '@slt/domain';

export const COLUMN_NAMES = ['timestamp', ...CANDLE_FIELDS] as const;

interface Frame {
  readonly bytes: Buffer;
  /** Where the values of each column begin. */
  readonly offsets: readonly number[];
}

/** Where the values lie in a stream that begins with these very bytes: they name the rows, types and places. */
interface Layout {
  readonly head: Buffer;
  readonly rows: number;
  readonly offsets: readonly number[];
}

const MAX_FRAMES = 8;
const MARKED_ROWS = 2;
const BYTES_PER_VALUE = 8;
const TWO_POW_32 = 2 ** 32;
const frames = new Map<number, Frame>();
/** By the length of the stream. */
const layouts = new Map<number, Layout>();

/**
 * An IPC stream with `timestamp` int64 and five float64 columns.
 * @returns bytes that are good until the next stream of as many rows: a warm-up writes hundreds, one after the other
 */
export function encodeArrow(columns: CandleColumns): Buffer {
  const { length } = columns;
  if (length < MARKED_ROWS) return Buffer.from(tableToIPC(tableOf(columns), 'stream'));
  const { bytes: stream, offsets } = frameOf(length);
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let i = 0, at = offsets[0]!; i < length; i++, at += BYTES_PER_VALUE) {
    const openTime = columns.openTime[i]!;
    view.setUint32(at, openTime >>> 0, true);
    view.setInt32(at + 4, Math.floor(openTime / TWO_POW_32), true);
  }
  CANDLE_FIELDS.forEach((field, i) => {
    const { buffer, byteOffset, byteLength } = columns[field];
    stream.set(new Uint8Array(buffer, byteOffset, byteLength), offsets[i + 1]!);
  });
  return stream;
}

/** @returns why the stream does not hold candle columns, or the columns, in memory of their own */
export function decodeArrow(stream: Uint8Array): CandleColumns | string {
  const known = layouts.get(stream.length);
  if (known !== undefined && known.head.equals(stream.subarray(0, known.head.length)))
    return copyOut(stream, known);
  const table = tableFromIPC(stream);
  const problem = schemaProblem(table.schema);
  if (problem !== undefined) return problem;
  const length = table.numRows;
  const block = new Float64Array(length * COLUMN_NAMES.length);
  const parts: Uint8Array[] = [];
  for (const [i, name] of COLUMN_NAMES.entries()) {
    const vector = table.getChild(name);
    if (vector === null || vector.nullCount > 0 || vector.length !== length)
      return `column ${name} has empty values`;
    const target = block.subarray(i * length, (i + 1) * length);
    const values = vector.toArray() as Float64Array | BigInt64Array;
    if (values instanceof BigInt64Array) copyIntegers(values, target);
    else target.set(values);
    parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  remember(stream, length, parts);
  return columnsOf(block, length);
}

function columnsOf(block: Float64Array, length: number): CandleColumns {
  const column = (i: number): Float64Array => block.subarray(i * length, (i + 1) * length);
  return {
    length,
    openTime: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

/** Only where all values of a column lie in one piece of the stream itself. */
function remember(stream: Uint8Array, rows: number, parts: readonly Uint8Array[]): void {
  const isWhole = parts.every(
    (part) => part.buffer === stream.buffer && part.byteLength === rows * BYTES_PER_VALUE,
  );
  if (!isWhole || rows === 0) return;
  const offsets = parts.map((part) => part.byteOffset - stream.byteOffset);
  const head = Buffer.from(stream.subarray(0, Math.min(...offsets)));
  if (layouts.size >= MAX_FRAMES) layouts.delete(layouts.keys().next().value!);
  layouts.set(stream.length, { head, rows, offsets });
}

function copyOut(stream: Uint8Array, { rows, offsets }: Layout): CandleColumns {
  const block = new Float64Array(rows * COLUMN_NAMES.length);
  const bytes = new Uint8Array(block.buffer);
  for (let i = 1; i < COLUMN_NAMES.length; i++) {
    const values = stream.subarray(offsets[i]!, offsets[i]! + rows * BYTES_PER_VALUE);
    bytes.set(values, i * rows * BYTES_PER_VALUE);
  }
  const view = new DataView(stream.buffer, stream.byteOffset + offsets[0]!, rows * BYTES_PER_VALUE);
  for (let i = 0, at = 0; i < rows; i++, at += BYTES_PER_VALUE)
    block[i] = view.getInt32(at + 4, true) * TWO_POW_32 + view.getUint32(at, true);
  return columnsOf(block, rows);
}

function schemaProblem(schema: Schema): string | undefined {
  const found = schema.fields.map((field) => `${field.name} ${field.type.toString()}`).join(', ');
  const isRight =
    schema.fields.length === COLUMN_NAMES.length &&
    COLUMN_NAMES.every((name, i) => {
      const field = schema.fields[i];
      const type = field?.type as { typeId: Type; bitWidth?: number; precision?: number } | undefined;
      if (field?.name !== name || type === undefined) return false;
      return i === 0
        ? type.typeId === Type.Int && type.bitWidth === 64
        : type.typeId === Type.Float && type.precision === 2;
    });
  return isRight ? undefined : `the columns are ${found || 'none'}`;
}

/** Without a BigInt for each value. */
function copyIntegers(values: BigInt64Array, target: Float64Array): void {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  for (let i = 0; i < target.length; i++)
    target[i] = halves[2 * i + 1]! * TWO_POW_32 + (halves[2 * i]! >>> 0);
}

/** @param rows at least MARKED_ROWS: a mark must not be found by accident */
function frameOf(rows: number): Frame {
  const known = frames.get(rows);
  if (known !== undefined) return known;
  const marks = COLUMN_NAMES.map((_, i) => -1.5e300 - i * 1e290);
  const marked = tableOf({
    length: rows,
    openTime: new Float64Array(rows),
    open: new Float64Array(rows).fill(marks[1]!),
    high: new Float64Array(rows).fill(marks[2]!),
    low: new Float64Array(rows).fill(marks[3]!),
    close: new Float64Array(rows).fill(marks[4]!),
    volume: new Float64Array(rows).fill(marks[5]!),
  });
  const bytes = Buffer.from(tableToIPC(marked, 'stream'));
  const offsets = marks.map((mark) =>
    bytes.indexOf(new Uint8Array(new Float64Array(MARKED_ROWS).fill(mark).buffer)),
  );
  offsets[0] = offsets[1]! - (offsets[2]! - offsets[1]!);
  if (frames.size >= MAX_FRAMES) frames.delete(frames.keys().next().value!);
  const frame = { bytes, offsets };
  frames.set(rows, frame);
  return frame;
}

function tableOf(columns: CandleColumns): Table {
  return new Table({
    timestamp: makeVector(BigInt64Array.from(columns.openTime, BigInt)),
    open: makeVector(columns.open),
    high: makeVector(columns.high),
    low: makeVector(columns.low),
    close: makeVector(columns.close),
    volume: makeVector(columns.volume),
  });
}
