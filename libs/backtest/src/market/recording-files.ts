/** Which files of a folder hold candles or fundings of which symbol, by their names alone. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError, decodeSymbol, type Interval, INTERVALS } from '@slt/domain';

export interface Recording {
  readonly symbol: string;
  /** Of candles: each begins where the one before it ends, in the order of their names. At least one. */
  readonly files: readonly string[];
  readonly fundingFiles: readonly string[];
}

const CANDLES = new RegExp(
  `^(.+?)[-_](${INTERVALS.join('|')})(?=[-_.]).*\\.(parquet|csv|csv\\.gz|zip)$`,
  'i',
);
const FUNDING = /^(.+?)[-_]funding(?:rate)?(?=[-_.]).*\.(csv|csv\.gz|zip)$/i;

/**
 * The symbols that have candles of the interval in the folder, ascending. Fundings may lie in a folder `funding` in it.
 * @param wanted undefined: all
 * @throws AppError not-found, `BACKTEST.NO_FOLDER`, `BACKTEST.NO_CANDLES`, naming every symbol that there is nothing of
 */
export async function findRecordings(
  folder: string,
  interval: Interval,
  wanted?: readonly string[],
): Promise<readonly Recording[]> {
  const names = await namesIn(folder);
  const candles = bySymbol(folder, names, (name) => {
    const match = CANDLES.exec(name);
    return match?.[2] === interval ? match[1] : undefined;
  });
  const fundings = bySymbol(
    folder,
    [...names, ...(await fundingNames(folder, names))],
    (name) => FUNDING.exec(path.basename(name))?.[1],
  );
  const symbols = [...new Set(wanted ?? candles.keys())].sort(ascending);
  const missing = symbols.filter((symbol) => !candles.has(symbol));
  if (missing.length > 0 || symbols.length === 0) {
    const what = missing.length > 0 ? `of ${missing.join(', ')}` : '';
    throw new AppError(
      'not-found',
      'BACKTEST.NO_CANDLES',
      `${folder}: no candles of ${interval} ${what}`.trimEnd(),
    );
  }
  return symbols.map((symbol) => ({
    symbol,
    files: candles.get(symbol)!,
    fundingFiles: fundings.get(symbol) ?? [],
  }));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort(ascending);
  } catch (cause) {
    const { message } = cause as Error;
    throw new AppError('not-found', 'BACKTEST.NO_FOLDER', `${folder} is no folder to read: ${message}`, {
      cause,
    });
  }
}

async function fundingNames(folder: string, names: readonly string[]): Promise<string[]> {
  if (!names.includes('funding')) return [];
  const inner = path.join(folder, 'funding');
  return (await readdir(inner).catch(() => [])).sort(ascending).map((name) => path.join('funding', name));
}

function bySymbol(
  folder: string,
  names: readonly string[],
  symbolOf: (name: string) => string | undefined,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const written = symbolOf(name);
    if (written === undefined) continue;
    const symbol = decodeSymbol(written) ?? written;
    found.set(symbol, [...(found.get(symbol) ?? []), path.join(folder, name)]);
  }
  return found;
}

/** By code unit: the same everywhere, whatever the locale. */
const ascending = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
