/** The flags of `slt backtest`, and what stands in them as values; every wrong one is told at once. */
import { INTERVALS, type Interval, isInterval, type UtcMs } from '@slt/domain';
import { parseInstant } from './dates';
import { UsageError } from './exit';

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

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly isWhole?: boolean;
}

const SHARE: Bounds = { min: -1, max: 1 };

/** @throws UsageError */
export function parseBacktestFlags(flags: BacktestFlags): BacktestRequest {
  const problems: string[] = [];
  const tell = <T>(parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      problems.push((error as Error).message);
      return undefined;
    }
  };
  const number = (flag: string, text: string | undefined, bounds: Bounds): number | undefined =>
    text === undefined ? undefined : tell(() => parseNumber(flag, text, bounds));
  const date = (flag: string, text: string | undefined): UtcMs | undefined =>
    text === undefined ? undefined : tell(() => parseDate(flag, text));
  const request: BacktestRequest = {
    symbols: tell(() => parseSymbols(flags.symbols)),
    interval: tell(() => parseInterval(flags.interval)) ?? '1m',
    from: date('--from', flags.from),
    to: date('--to', flags.to),
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
    problems.push(`--to ${flags.to} must be later than --from ${flags.from}`);
  }
  if (request.isReplayed && request.from !== undefined)
    problems.push('--replayed says where to begin: take it without --from');
  if (flags.report !== undefined && flags.report === flags.json)
    problems.push('--report and --json name one file');
  if (request.sweep.length > 0 && flags.report !== undefined)
    problems.push('--report is of one backtest: take it without --sweep');
  if (problems.length > 0) throw new UsageError(problems);
  return request;
}

function parseSymbols(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text === 'all') return undefined;
  const symbols = text.split(',').map((symbol) => symbol.trim());
  if (symbols.some((symbol) => symbol === '')) throw new Error(`--symbols "${text}" has an empty name in it`);
  return [...new Set(symbols)];
}

function parseInterval(text: string | undefined): Interval | undefined {
  if (text === undefined || isInterval(text)) return text;
  throw new Error(`--interval "${text}" is unknown; known are ${INTERVALS.join(', ')}`);
}

function parseDate(flag: string, text: string): UtcMs {
  try {
    return parseInstant(text);
  } catch (error) {
    throw new Error(`${flag} ${(error as Error).message}`, { cause: error });
  }
}

function parseNumber(flag: string, text: string, { min, max, isWhole = false }: Bounds): number {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value;
  throw new Error(`${flag} "${text}" must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`);
}
