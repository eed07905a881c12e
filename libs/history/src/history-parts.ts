/** The pieces of history, put together by hand: for the module, for tools, and for tests with fakes. */
import type { Clock, Interval } from '@slt/domain';
import type { QueueBackend } from '@slt/queue';
import pLimit from 'p-limit';
import { CacheLook } from './cache-look';
import { HistoryProcessor } from './history.processor';
import { HistoryQueue } from './history-queue';
import { HistoryRuns } from './history-runs';
import type { HistorySettings } from './history.settings';
import { JobDesk } from './job-desk';
import { RangeFetcher } from './range-fetcher';
import { SeriesAccess, type SeriesStore } from './series-access';
import { type KlineSource, SeriesFetcher } from './series-fetcher';
import { WriteBehind } from './write-behind';

export interface HistoryDependencies {
  readonly client: KlineSource;
  readonly clock: Clock;
  readonly store: SeriesStore;
  readonly backend: () => Promise<QueueBackend>;
  readonly queueName: () => Promise<string>;
  readonly settings: HistorySettings;
  readonly options: HistoryOptions;
}

export interface HistoryOptions {
  /** Whether this process works on jobs itself. */
  readonly worker: boolean;
  /** Requests at once. */
  readonly concurrency: number;
  /** HISTORY_INTERVALS: what longer intervals may be made of. */
  readonly intervals: readonly Interval[];
  readonly maxAgeMs: number;
}

export interface HistoryParts {
  readonly options: HistoryOptions;
  readonly clock: Clock;
  readonly series: SeriesAccess;
  readonly behind: WriteBehind;
  readonly queue: HistoryQueue;
  readonly desk: JobDesk;
  readonly look: CacheLook;
  readonly runs: HistoryRuns;
  readonly ranges: RangeFetcher;
  readonly fetcher: SeriesFetcher;
  readonly processor: HistoryProcessor;
}

const JOBS_A_REQUEST = 2;

export function assembleHistory(dependencies: HistoryDependencies): HistoryParts {
  const { client, clock, store, settings, options } = dependencies;
  const desk = new JobDesk();
  const series = new SeriesAccess(store);
  const behind = new WriteBehind({
    write: async (pending) => void (await series.write(pending)),
    now: () => clock.now(),
    isBusy: () => desk.size > 0 && processor.isBusy,
    maxRows: settings.writeBehindRows,
    maxWaitMs: settings.writeBehindMs,
  });
  series.attach(behind);
  const inLine = pLimit(options.concurrency);
  const limited: KlineSource = { klines: (request) => client.klines(request, inLine) };
  const fetcher = new SeriesFetcher(limited, clock, series, options.intervals, settings);
  const queue = new HistoryQueue(dependencies.backend, dependencies.queueName, settings);
  const processor: HistoryProcessor = new HistoryProcessor({
    queue,
    fetcher,
    series,
    behind,
    desk,
    settings,
    // Twice as many jobs as requests: taking the next job and closing the last one cost no time of the exchange.
    concurrency: JOBS_A_REQUEST * options.concurrency,
  });
  return {
    options,
    clock,
    series,
    behind,
    queue,
    desk,
    fetcher,
    processor,
    look: new CacheLook(series, fetcher, behind, clock),
    runs: new HistoryRuns(queue, desk, settings, () => options.worker),
    ranges: new RangeFetcher(client, clock, settings),
  };
}
