/** Files of the cache as a table sorts and searches them. */
import type { HistoryFile } from '../../api/types';

export type FileKey = 'symbol' | 'interval' | 'rows' | 'age' | 'to' | 'written' | 'state';

/** Why a file is not whole; undefined when it is. */
export function problemOfFile({ problem, missing }: HistoryFile): string | undefined {
  if (problem !== undefined) return problem;
  return missing === 0 ? undefined : `${missing} candles are missing`;
}

export function matchesFile({ file, symbol }: HistoryFile, search: string): boolean {
  const wanted = search.toUpperCase();
  return symbol.toUpperCase().includes(wanted) || file.toUpperCase().includes(wanted);
}

/** By name where the rest is equal; what is not known comes last, whichever way. */
export function compareFiles(
  key: FileKey,
  isDescending: boolean,
): (a: HistoryFile, b: HistoryFile) => number {
  const sign = isDescending ? -1 : 1;
  return (a, b) => {
    const [x, y] = [valueOf(a, key), valueOf(b, key)];
    if (x === y) return a.file < b.file ? -1 : 1;
    if (x === undefined) return 1;
    if (y === undefined) return -1;
    return x < y ? -sign : sign;
  };
}

function valueOf(file: HistoryFile, key: FileKey): number | string | undefined {
  switch (key) {
    case 'symbol':
      return file.symbol;
    case 'interval':
      return file.interval;
    case 'rows':
      return file.rows;
    case 'age':
      return file.behindMs;
    case 'to':
      return file.to;
    case 'written':
      return file.writtenAt;
    case 'state':
      return problemOfFile(file);
  }
}
