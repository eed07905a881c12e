/**
 * The process that parses Parquet nobody vouches for. It may die of what it reads: ParquetSandbox sees that and starts
 * another one. Each message is one file's bytes, each answer its columns as plain typed arrays, or why not.
 */
'use strict';

const polars = require('nodejs-polars');

const MAGIC = Buffer.from('PAR1');
const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'];
/** Nine years of minutes. A file of constants claims far more in a few bytes, and the asker has to hold them all. */
const MOST_ROWS = 5_000_000;
/** Magic, footer length, magic. */
const LEAST_BYTES = 12;

process.on('message', ({ id, bytes }) => {
  process.send({ id, answer: answerTo(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) });
});
process.on('disconnect', () => process.exit(0));

function answerTo(bytes) {
  const malformed = malformation(bytes);
  if (malformed !== undefined) return { kind: 'unreadable', reason: malformed };
  let frame;
  try {
    frame = polars.readParquet(bytes);
  } catch (error) {
    return { kind: 'unreadable', reason: firstLine(error) };
  }
  try {
    return parsed(frame);
  } catch (error) {
    return { kind: 'unreadable', reason: firstLine(error) };
  }
}

/** What polars would not notice, or would need much memory to notice. */
function malformation(bytes) {
  if (bytes.length < LEAST_BYTES) return `${bytes.length} bytes are too few for Parquet`;
  if (!bytes.subarray(0, 4).equals(MAGIC)) return 'it does not begin as Parquet does';
  if (!bytes.subarray(-4).equals(MAGIC)) return 'it does not end as Parquet does';
  const footer = bytes.readUInt32LE(bytes.length - 8);
  if (footer === 0 || footer > bytes.length - LEAST_BYTES) return `its footer claims ${footer} bytes`;
  if (bytes.includes('PAR1PAR1')) return 'it is two files in one';
  return undefined;
}

/** By polars' native objects: the public getColumn() costs ten times as much as all the rest. */
function parsed(frame) {
  const native = frame.inner();
  const schema = [];
  const columns = {};
  const nulls = {};
  for (const name of native.columns) {
    const series = native.column(name);
    const type = String(series.dtype.variant ?? series.dtype);
    schema.push({ name, type });
    if (series.len() > MOST_ROWS) return { kind: 'unreadable', reason: `it claims ${series.len()} rows` };
    if (!COLUMNS.includes(name) || type !== (name === 'timestamp' ? 'Int64' : 'Float64')) continue;
    const count = series.nullCount();
    if (count > 0) nulls[name] = count;
    else columns[name] = plain(series.toTypedArray());
  }
  return { kind: 'parsed', schema, columns, nulls, rows: frame.height };
}

/** Numbers of its own memory: a view on native memory does not survive being sent. */
function plain(values) {
  return values instanceof BigInt64Array ? Float64Array.from(values, Number) : Float64Array.from(values);
}

function firstLine(error) {
  return String(error?.message ?? error)
    .split('\n', 1)[0]
    .slice(0, 300);
}
