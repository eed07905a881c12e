/** How a batch of rows is cut into statements. */

/** A statement has at most 65,535 parameters. */
const CHUNK_ROWS = 1_000;

export function* chunksOf<E>(rows: readonly E[]): Generator<E[]> {
  for (let start = 0; start < rows.length; start += CHUNK_ROWS) yield rows.slice(start, start + CHUNK_ROWS);
}

/** Batches that write the same rows in the same order cannot wait for each other. */
export function sorted<E>(entries: readonly E[], key: (entry: E) => string): E[] {
  return [...entries].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** In each round a key comes once, since a statement cannot change a row twice; later ones of a key in later rounds. */
export function roundsOf<E>(entries: readonly E[], key: (entry: E) => string): E[][] {
  const seen = new Map<string, number>();
  const rounds: E[][] = [];
  for (const entry of entries) {
    const round = seen.get(key(entry)) ?? 0;
    seen.set(key(entry), round + 1);
    (rounds[round] ??= []).push(entry);
  }
  return rounds;
}
