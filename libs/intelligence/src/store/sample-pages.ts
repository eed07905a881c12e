/**
 * Samples as they are read for a training: page by page, by plain SQL, so that the process that trains needs a connection
 * and nothing more.
 */
import type { UtcMs } from '@slt/domain';
import type { Sample } from '../core/sample';
import { type SelectedSample, sampleOf } from './rows';

export interface SampleRange {
  readonly featureVersion: number;
  /** Outcomes known by then. */
  readonly until: UtcMs;
  /** The newest ones, at most. */
  readonly most: number;
}

export type Ask = (text: string, values: readonly unknown[]) => Promise<readonly SelectedSample[]>;

const ROWS_A_PAGE = 500;

const PAGE = `
  select * from intelligence.samples
  where market = $1 and feature_version = $2 and closed_at <= $3
    and ($4::bigint is null or (closed_at, id) < ($4, $5))
  order by closed_at desc, id desc limit $6
`;

/**
 * The newest first.
 * @param refused told how many rows are none of ours and were passed over
 */
export async function* samplePages(
  ask: Ask,
  market: string,
  { featureVersion, until, most }: SampleRange,
  refused: (rows: number) => void,
): AsyncGenerator<Sample[]> {
  let last: SelectedSample | undefined;
  for (let left = most; left > 0;) {
    const place = [last?.closed_at ?? null, last?.id ?? null];
    const rows = await ask(PAGE, [market, featureVersion, until, ...place, Math.min(left, ROWS_A_PAGE)]);
    last = rows.at(-1);
    if (last === undefined) return;
    left -= rows.length;
    const samples = rows.map(sampleOf).filter((sample) => sample !== undefined);
    if (samples.length < rows.length) refused(rows.length - samples.length);
    yield samples;
  }
}
