/** The flags of `slt backtest`, and what stands in them as values; every wrong one is told at once. */
import type { Interval, UtcMs } from '@slt/domain';
import {
  type Bounds,
  FlagProblems,
  parseDate,
  parseInterval,
  parseNumber,
  parseSymbols,
} from './flag-values';

export interface BacktestFlags {
  readonly data?: string;
  readonly symbols?: string;
  readonly interval?: string;
  readonly from?: string;
  readonly to?: string;
  readonly replayed?: boolean;
  readonly balance?: string;
  readonly seed?: string;
  readonly fee?: string;
  readonly spread?: string;
  readonly fundingRate?: string;
  readonly warmUp?: string;
  readonly charts?: string;
  readonly learn?: boolean;
  readonly sweep?: readonly string[];
  readonly report?: string;
  readonly json?: string;
}

export interface BacktestRequest {
  /** Undefined: all that there are. */
  readonly symbols: readonly string[] | undefined;
  readonly interval: Interval;
  readonly from: UtcMs | undefined;
  readonly to: UtcMs | undefined;
  /** Begins where a trader begins that the folder is replayed to. */
  readonly isReplayed: boolean;
  /** USDT; undefined: as the paper account. */
  readonly balance: number | undefined;
  readonly seed: number;
  readonly feeRate: number | undefined;
  readonly spreadBps: number | undefined;
  readonly fundingRate: number | undefined;
  readonly warmUp: number | undefined;
  readonly charts: number | undefined;
  readonly isLearning: boolean;
  /** `key=a,b,c` each; empty: one backtest. */
  readonly sweep: readonly string[];
}

/** As commander takes them. */
export const BACKTEST_OPTIONS: readonly (readonly [flag: string, help: string])[] = [
  ['--data <folder>', 'recorded candles (default: DATA_DIR, else data)'],
  ['--symbols <names>', 'separated by commas, or "all" (default: all)'],
  ['--interval <interval>', 'of the candles (default: 1m)'],
  ['--from <date>', 'first candle that is traded on: 2025-01-31, 2025-01-31T12:00Z or milliseconds'],
  ['--to <date>', 'and the end, not included'],
  [
    '--replayed',
    'begin where a trader begins that the folder is replayed to (EMULATOR_REPLAY), to compare the two',
  ],
  [
    '--warm-up <candles>',
    'before --from that the engines see first, where there are so many (default: 1000)',
  ],
  ['--balance <usdt>', 'what the account begins with (default: PAPER_BALANCE, else 10000)'],
  ['--fee <share>', 'of the notional that a taker pays (default: 0.0005)'],
  ['--spread <bps>', 'between bid and ask (default: 2)'],
  ['--funding-rate <share>', 'each eight hours where no funding is recorded (default: 0.0001)'],
  ['--learn', 'learn from outcomes on the way, and trade only where an edge is proved, as the trader does'],
  ['--seed <number>', 'of all that learning draws by chance (default: 1)'],
  [
    '--sweep <key=a,b,c...>',
    'once with each value, and with each combination of several: limits.…, setups.…, exits.…, paper.…, backtest.…',
  ],
  ['--report <file>', 'a page with curves, tables and the trades on charts (HTML)'],
  ['--charts <count>', 'trades that are drawn in it, the first ones (default: 100)'],
  ['--json <file>', 'trades and figures as JSON; - is stdout'],
];

export const BACKTEST_HELP = `
Candles are files named by symbol and interval: the cache's own (BTCUSDT_1m.parquet), Binance's archive
(BTCUSDT-1m-2025-06.zip), CSV plain or gzipped. Fundings lie beside them or in funding/ (BTCUSDT_funding.csv,
BTCUSDT-fundingRate-2025-06.zip). Several files of a symbol are read in the order of their names. Risk and breaker are set by
the environment (RISK_…, CIRCUIT_BREAKER_…), as for the trader.

Examples:
  slt backtest --data recordings/ --report out.html
  slt backtest --symbols BTCUSDT,ETHUSDT --from 2025-05-01 --to 2025-06-01 --json out.json
  slt backtest --symbols SOLUSDT --balance 1000 --json - | jq .metrics
  slt backtest --data recordings/ --learn --report out.html
  slt backtest --sweep setups.rewardMin=2,2.5,3 --sweep limits.leverageCap=5,10 --json sweep.json
  RISK_DRAWDOWN=1 CIRCUIT_BREAKER_TIMEOUT=1 slt backtest --fee 0.0004 --spread 1
`;

const SHARE: Bounds = { min: -1, max: 1 };

/** @throws UsageError */
export function parseBacktestFlags(flags: BacktestFlags): BacktestRequest {
  const problems = new FlagProblems();
  const read = <T>(text: string | undefined, parse: (text: string) => T): T | undefined =>
    text === undefined ? undefined : problems.of(() => parse(text));
  const number = (flag: string, text: string | undefined, bounds: Bounds): number | undefined =>
    read(text, (given) => parseNumber(flag, given, bounds));
  const symbols = read(flags.symbols, parseSymbols);
  const request: BacktestRequest = {
    symbols: symbols === 'all' ? undefined : symbols,
    interval: read(flags.interval, parseInterval) ?? '1m',
    from: read(flags.from, (text) => parseDate('--from', text)),
    to: read(flags.to, (text) => parseDate('--to', text)),
    isReplayed: flags.replayed === true,
    balance: number('--balance', flags.balance, { min: 1, max: 1e12 }),
    seed: number('--seed', flags.seed, { min: 0, max: Number.MAX_SAFE_INTEGER, isWhole: true }) ?? 1,
    feeRate: number('--fee', flags.fee, { min: 0, max: 0.1 }),
    spreadBps: number('--spread', flags.spread, { min: 0, max: 1_000 }),
    fundingRate: number('--funding-rate', flags.fundingRate, SHARE),
    warmUp: number('--warm-up', flags.warmUp, { min: 0, max: 1_000_000, isWhole: true }),
    charts: number('--charts', flags.charts, { min: 0, max: 100_000, isWhole: true }),
    isLearning: flags.learn === true,
    sweep: flags.sweep ?? [],
  };
  if (request.from !== undefined && request.to !== undefined && request.to <= request.from) {
    problems.add(`--to ${flags.to} must be later than --from ${flags.from}`);
  }
  if (request.isReplayed && request.from !== undefined)
    problems.add('--replayed says where to begin: take it without --from');
  if (flags.report !== undefined && flags.report === flags.json)
    problems.add('--report and --json name one file');
  if (request.sweep.length > 0 && flags.report !== undefined)
    problems.add('--report is of one backtest: take it without --sweep');
  problems.check();
  return request;
}
