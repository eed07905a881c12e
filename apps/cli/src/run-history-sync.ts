/** `slt history sync`: makes the cache of some symbols whole, for the newest candles or for a span of time. */
import { countOpenTimes, type Instrument, isAppError } from '@slt/domain';
import { fetchWindow } from '@slt/history';
import { HoleFetcher, isoMinute, plural, printable } from '@slt/integrity';
import type { CommandContext } from './context';
import { type ExchangeSession, openExchange } from './exchange-session';
import { EXIT, type ExitCode, UsageError } from './exit';
import { type SeriesSync, syncWindow, type WantedWindow } from './window-sync';
import { parseSyncFlags, type SyncFlags, type SyncRequest } from './sync-flags';
import { type Progress, startProgress } from './progress';
import { syncSpan } from './span-sync';
import { openStore } from './store';
import type { AppConfig } from '@slt/config';

/** Symbols worked on at once; the weight budget is what really limits. */
const AT_ONCE = 8;

export interface HistorySyncFlags extends SyncFlags {
  readonly data?: string;
}

interface SyncSetting {
  readonly config: AppConfig;
  readonly session: ExchangeSession;
  readonly context: CommandContext;
  readonly progress: Progress;
}

/** @throws UsageError */
export async function runHistorySync(flags: HistorySyncFlags, context: CommandContext): Promise<ExitCode> {
  const request = parseSyncFlags(flags);
  const config = context.configFor(flags.data);
  const session = await openExchange(config);
  try {
    const listed = await listedSymbols(session);
    const symbols = symbolsOf(request, listed);
    const progress = startProgress(context.terminal, 'candles');
    const setting = { config, session, context, progress };
    try {
      const series = (await syncAll(request, symbols, { ...setting, listed })).map((each) =>
        judge(each, listed),
      );
      progress.stop();
      await context.terminal.out(render(series));
      return series.some((each) => each.problem !== undefined) ? EXIT.findings : EXIT.whole;
    } finally {
      progress.stop();
    }
  } finally {
    await session.close();
  }
}

type Listed = ReadonlyMap<string, Instrument>;

async function listedSymbols({ universe }: ExchangeSession): Promise<Listed> {
  return (await universe.load()).instruments;
}

/** A delisted symbol may still be in the archive; the newest candles exist of listed ones only. */
function symbolsOf(request: SyncRequest, listed: Listed): readonly string[] {
  if (request.symbols === 'all') return [...listed.keys()];
  if (request.range.kind === 'span') return request.symbols;
  const unknown = request.symbols.filter((symbol) => !listed.has(symbol));
  if (unknown.length === 0) return request.symbols;
  throw new UsageError(unknown.map((symbol) => `--symbols: the exchange lists no "${printable(symbol)}"`));
}

async function syncAll(
  request: SyncRequest,
  symbols: readonly string[],
  setting: SyncSetting & { readonly listed: Listed },
): Promise<SeriesSync[]> {
  const { config, session, context, progress, listed } = setting;
  const now = session.clock.now();
  const { range, interval } = request;
  const store = openStore(config, session);
  if (range.kind === 'span') {
    const span = { symbols, interval, from: range.from, to: range.to ?? now };
    return syncSpan(span, { store, session, progress, signal: context.signal });
  }
  const windows = symbols.map((symbol): WantedWindow => {
    const onboardTime = listed.get(symbol)?.onboardTime;
    const onboard = onboardTime === undefined ? {} : { onboardTime };
    return { symbol, interval, ...fetchWindow({ now, interval, limit: range.limit, ...onboard }) };
  });
  const sizes = windows.map(({ from, to }) => countOpenTimes(from, to, interval));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const tools = {
    store,
    fetcher: new HoleFetcher(session.client),
    signal: context.signal,
    onWait: waitTeller(progress),
  };
  let done = 0;
  return inLanes([...windows.keys()], AT_ONCE, async (i) => {
    const window = windows[i]!;
    let mine = 0;
    const onCandles = (count: number): void => {
      mine += count;
      done += count;
      progress.update(done, total, window.symbol);
    };
    const result = await syncWindow(window, { ...tools, onCandles }).catch((error: unknown) =>
      failure(error, window, context.signal),
    );
    onCandles(sizes[i]! - mine); // what was there already counts too
    return result;
  });
}

/** A young listing may have no candle yet; an unknown name has none for another reason. */
function judge(series: SeriesSync, listed: Listed): SeriesSync {
  if (series.rows > 0 || series.problem !== undefined || listed.has(series.symbol)) return series;
  return { ...series, problem: 'the exchange does not list it, and has no candle of it' };
}

function failure(
  error: unknown,
  { symbol, interval }: Pick<SeriesSync, 'symbol' | 'interval'>,
  signal: AbortSignal,
): SeriesSync {
  if (signal.aborted) throw error;
  const problem = isAppError(error) ? `${error.code}: ${error.message}` : (error as Error).message;
  return { symbol, interval, rows: 0, fetched: 0, requests: 0, missing: 0, problem };
}

/** Says once a wait, not once a waiting symbol. */
function waitTeller(progress: Progress): (waitMs: number, reason: Error) => void {
  let saidUntil = 0;
  return (waitMs, reason) => {
    const now = performance.now();
    if (waitMs < 2_000 || now < saidUntil) return;
    saidUntil = now + waitMs;
    progress.say(`slt: waiting ${Math.ceil(waitMs / 1000)} s: ${reason.message}`);
  };
}

function render(series: readonly SeriesSync[]): string {
  const failed = series.filter((each) => each.problem !== undefined).length;
  const lines = series.flatMap((each) => [
    printable(`${each.symbol} ${each.interval}: ${textOf(each)}`),
    ...(each.notes ?? []).map((note) => printable(`    ${note}`)),
  ]);
  return [...lines, `${series.length - failed}/${series.length} whole`, ''].join('\n');
}

function textOf({ rows, from, to, fetched, requests, downloads, missing, problem }: SeriesSync): string {
  if (problem !== undefined) return problem;
  const span = from === undefined || to === undefined ? '' : `, ${isoMinute(from)} to ${isoMinute(to)}`;
  const files = downloads === undefined ? '' : `${plural(downloads, 'archive file')} and `;
  const news =
    fetched === 0 ? 'nothing to fetch' : `${fetched} fetched in ${files}${plural(requests, 'request')}`;
  const gaps = missing === 0 ? '' : `, ${missing} the exchange does not have`;
  return `${plural(rows, 'candle')}${span}, ${news}${gaps}`;
}

/** In the order of the items, so many at once. */
async function inLanes<T, R>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return results;
}
