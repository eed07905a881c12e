/**
 * Candles of one Parquet file. A side-car beside it is held against its bytes; with or without one it is parsed in the
 * sandbox, for some damaged files end the process that parses them (see docs/adr/0040).
 */
import { AppError, type CandleColumns, sliceColumns } from '@slt/domain';
import { entryFor } from '@slt/history';
import { type CandleBatch, openTimeOf } from '../core/candle-csv';
import { checkSchema } from '../core/check-schema';
import { type ParquetAnswer, ParquetSandbox } from '../sandbox/parquet-sandbox';
import { readSideCarOf } from '../side-car';

const BATCH_ROWS = 4_096;
/** Long enough for the most rows that the sandbox takes. */
const TIMEOUT_MS = 120_000;

/** @throws AppError invalid, `CANDLES.UNREADABLE`, `CANDLES.ROW` */
export async function* readParquetCandles(
  path: string,
  bytes: Buffer,
  options: { readonly signal?: AbortSignal },
): AsyncGenerator<CandleBatch> {
  // Read after the series: it vouches for the present generation and for the one before.
  const sideCar = await readSideCarOf(path);
  if (sideCar.kind === 'valid' && entryFor(sideCar.value, bytes) === undefined) {
    throw unreadable('its bytes are not those that its side-car vouches for');
  }
  const columns = candlesOf(await parse(bytes, options.signal));
  for (let start = 0; start < columns.length; start += BATCH_ROWS) {
    const end = Math.min(columns.length, start + BATCH_ROWS);
    yield { columns: sliceColumns(columns, start, end), placeOf: (index) => `row ${start + index + 1}` };
  }
}

async function parse(bytes: Buffer, signal: AbortSignal | undefined): Promise<ParquetAnswer> {
  const sandbox = new ParquetSandbox({ timeoutMs: TIMEOUT_MS });
  const stop = (): void => sandbox.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await sandbox.read(bytes);
  } finally {
    signal?.removeEventListener('abort', stop);
    sandbox.close();
  }
}

function candlesOf(answer: ParquetAnswer): CandleColumns {
  switch (answer.kind) {
    case 'parsed':
      break;
    case 'unreadable':
    case 'crashed':
      throw unreadable(`it is no readable Parquet: ${answer.reason}`);
    case 'timeout':
      throw unreadable(`parsing it takes longer than ${answer.timeoutMs} ms`);
  }
  const { findings, columns } = checkSchema(answer);
  if (columns === undefined) {
    const errors = findings.filter((finding) => finding.severity === 'error');
    throw unreadable(errors.map((finding) => finding.message).join('; '));
  }
  for (let i = 0; i < columns.length; i++) {
    const time = openTimeOf(columns.openTime[i]!);
    if (typeof time === 'string') throw new AppError('invalid', 'CANDLES.ROW', `row ${i + 1}: ${time}`);
    columns.openTime[i] = time;
  }
  return columns;
}

function unreadable(reason: string): AppError {
  return new AppError('invalid', 'CANDLES.UNREADABLE', reason);
}
