/** `slt history sync`: makes the cache of some symbols whole, for the newest candles or for a span of time. */
import { countOpenTimes, type Instrument, intervalMs, isAppError, openTimeOf, type UtcMs } from '@slt/domain';
import { fetchWindow } from '@slt/history';
import { HoleFetcher, isoMinute, plural, printable } from '@slt/integrity';
import type { CommandContext } from './context';
import { type ExchangeSession, openExchange } from './exchange-session';
import { EXIT, type ExitCode, UsageError } from './exit';
import { type SeriesSync, syncWindow, type WantedWindow } from './window-sync';
import { parseSyncFlags, type SyncFlags, type SyncRequest } from './options';
import { type Progress, startProgress } from './progress';
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
      const series = await syncAll(request, symbols, { ...setting, listed });
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
  const windows = symbols.map((symbol) =>
    windowOf(request, { symbol, now, onboardTime: listed.get(symbol)?.onboardTime }),
  );
  const sizes = windows.map(({ from, to, interval }) => countOpenTimes(from, to, interval));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const tools = {
    store: openStore(config, session),
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

interface SymbolFacts {
  readonly symbol: string;
  readonly now: UtcMs;
  readonly onboardTime: UtcMs | undefined;
}

/** Closed candles only, none from before the listing. */
function windowOf({ interval, range }: SyncRequest, { symbol, now, onboardTime }: SymbolFacts): WantedWindow {
  const onboard = onboardTime === undefined ? {} : { onboardTime };
  if (range.kind === 'newest') {
    return { symbol, interval, ...fetchWindow({ now, interval, limit: range.limit, ...onboard }) };
  }
  const step = intervalMs(interval);
  const end = Math.min(openTimeOf(range.to ?? now, interval), openTimeOf(now, interval));
  const start = openTimeOf(Math.max(range.from, onboardTime ?? 0) + step - 1, interval);
  return { symbol, interval, from: start, to: end - step };
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
  const lines = series.map((each) => printable(`${each.symbol} ${each.interval}: ${textOf(each)}`));
  return [...lines, `${series.length - failed}/${series.length} whole`, ''].join('\n');
}

function textOf({ rows, from, to, fetched, requests, missing, problem }: SeriesSync): string {
  if (problem !== undefined) return problem;
  const span = from === undefined || to === undefined ? '' : `, ${isoMinute(from)} to ${isoMinute(to)}`;
  const news = fetched === 0 ? 'nothing to fetch' : `${fetched} fetched in ${plural(requests, 'request')}`;
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
