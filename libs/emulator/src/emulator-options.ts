/** What an emulator is told at its start, and what it assumes otherwise. */
import { AppError, DAY_MS, intervalMs, MINUTE_MS, SECOND_MS, type DurationMs, type UtcMs } from '@slt/domain';
import { DEFAULT_API_KEY, DEFAULT_API_SECRET } from './account/api-keys';
import { isBalance } from './account/accounts';
import type { TimeOrigin } from './exchange-time';
import type { FaultRule } from './faults/fault-rule';
import type { Market } from './market';
import type { CloseDelay } from './streams/close-delay';

export interface EmulatorOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 0, any free port. */
  readonly port?: number;
  /** USDT perpetuals that trade; default 300. What a client has to filter out comes on top. */
  readonly symbols?: number;
  /** The same seed gives the same markets; default 1. */
  readonly seed?: number;
  /** How many times faster than real time; default 1. */
  readonly speed?: number;
  /** A folder of recordings to replay instead of generating. */
  readonly replay?: string;
  /** Replay: how many candles of the recording lie before the start; default 1000. */
  readonly replayWarmup?: number;
  /** The clock stands until it is released: at a high speed an hour passes while a trader starts. Default false. */
  readonly hold?: boolean;
  /** Exchange time at the start. Default: now; replay: `replayWarmup` candles into the recording. */
  readonly startTime?: UtcMs;
  /** The clock of an earlier emulator, to meet the same exchange again; goes before `startTime`. */
  readonly origin?: TimeOrigin;
  /** A market of the caller's own; goes before `symbols`, `seed` and `replay`. */
  readonly market?: Market;
  /** Wall time that each request takes, half on the way in, half on the way back; default 0. */
  readonly latencyMs?: DurationMs;
  /** Up to this much more; default 0. */
  readonly jitterMs?: DurationMs;
  /** Weight per IP and minute; default 2400. */
  readonly weightLimit?: number;
  /** Refused requests in a minute after the first before the IP is banned; default 10. */
  readonly toleratedAfterLimit?: number;
  /** Wall time; default 24 hours. */
  readonly connectionLifetimeMs?: DurationMs;
  /** Inbound messages per second and stream connection; default 10. */
  readonly messagesPerSecond?: number;
  /** Default 1024. */
  readonly streamsPerConnection?: number;
  /** Wall time between the server's pings; default 3 minutes. */
  readonly pingIntervalMs?: DurationMs;
  /** Wall time without a pong that ends a connection; default 10 minutes. */
  readonly pongTimeoutMs?: DurationMs;
  /** Wall time between the updates of a forming candle, if it changed; default 250. */
  readonly klineUpdateMs?: DurationMs;
  /** How long after a candle's end its closing frame comes, in exchange time; default 5 to 2000 ms. */
  readonly closeDelay?: CloseDelay;
  /** The key pair of the first account; defaults DEFAULT_API_KEY and DEFAULT_API_SECRET. */
  readonly apiKey?: string;
  readonly apiSecret?: string;
  /** USDT that an account starts with, decimal text; default 10000. */
  readonly initialBalance?: string;
  /** Shares of a trade's notional, decimal text; default 0.0002 and 0.0005. */
  readonly makerFee?: string;
  readonly takerFee?: string;
  /** Of a symbol whose leverage was never set; default 20. */
  readonly defaultLeverage?: number;
  /** Order ids of 19 digits, beyond 2^53: of some symbols (default), of all, of none. */
  readonly longOrderIds?: 'some' | 'all' | 'none';
  /** New orders per account; default 300. */
  readonly ordersPer10Seconds?: number;
  /** New orders per account; default 1200. */
  readonly ordersPerMinute?: number;
  /** Wall time; default 60 minutes. */
  readonly listenKeyLifetimeMs?: DurationMs;
  /** Faults from the start on. */
  readonly faults?: readonly FaultRule[];
  /** A JSON file of faults with their times. */
  readonly faultScript?: string;
  /** runEmulator() prints nothing. */
  readonly quiet?: boolean;
}

type Optional = 'replay' | 'startTime' | 'origin' | 'market' | 'faultScript';

export type ResolvedOptions = Required<Omit<EmulatorOptions, Optional>> & Pick<EmulatorOptions, Optional>;

const DEFAULTS: Omit<ResolvedOptions, Optional> = {
  host: '127.0.0.1',
  port: 0,
  symbols: 300,
  seed: 1,
  speed: 1,
  replayWarmup: 1000,
  hold: false,
  latencyMs: 0,
  jitterMs: 0,
  weightLimit: 2400,
  toleratedAfterLimit: 10,
  connectionLifetimeMs: DAY_MS,
  messagesPerSecond: 10,
  streamsPerConnection: 1024,
  pingIntervalMs: 3 * MINUTE_MS,
  pongTimeoutMs: 10 * MINUTE_MS,
  klineUpdateMs: 250,
  closeDelay: { minMs: 5, maxMs: 2 * SECOND_MS },
  apiKey: DEFAULT_API_KEY,
  apiSecret: DEFAULT_API_SECRET,
  initialBalance: '10000',
  makerFee: '0.0002',
  takerFee: '0.0005',
  defaultLeverage: 20,
  longOrderIds: 'some',
  ordersPer10Seconds: 300,
  ordersPerMinute: 1200,
  listenKeyLifetimeMs: 60 * MINUTE_MS,
  faults: [],
  quiet: false,
};

const COUNTS = [
  'symbols',
  'weightLimit',
  'messagesPerSecond',
  'streamsPerConnection',
  'ordersPer10Seconds',
  'ordersPerMinute',
] as const;
const SPANS = [
  'connectionLifetimeMs',
  'pingIntervalMs',
  'pongTimeoutMs',
  'klineUpdateMs',
  'listenKeyLifetimeMs',
] as const;

/** @throws AppError invalid, `EMULATOR.OPTIONS`, naming every problem */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved: ResolvedOptions = { ...DEFAULTS, ...given };
  const problems = problemsOf(resolved);
  if (problems.length === 0) return resolved;
  throw new AppError('invalid', 'EMULATOR.OPTIONS', `the emulator cannot start: ${problems.join('; ')}`);
}

function problemsOf(options: ResolvedOptions): string[] {
  const problems: string[] = [];
  const expect = (name: keyof ResolvedOptions, isFine: (value: number) => boolean, what: string): void => {
    const value = options[name];
    if (typeof value !== 'number' || !Number.isFinite(value) || !isFine(value)) {
      problems.push(`${name} must be ${what}, not ${JSON.stringify(value)}`);
    }
  };
  const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;
  const isPort = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 65_535;
  expect('port', isPort, 'a port from 0 to 65535');
  expect('speed', (value) => value > 0 && value <= 100_000, 'above 0 and at most 100000');
  for (const name of COUNTS) expect(name, isCount, 'a whole number of 1 or more');
  for (const name of SPANS) expect(name, (value) => value > 0, 'above 0 ms');
  for (const name of ['latencyMs', 'jitterMs', 'toleratedAfterLimit', 'replayWarmup'] as const) {
    expect(name, (value) => value >= 0, '0 or more');
  }
  const { minMs, maxMs } = options.closeDelay;
  if (!(minMs >= 0 && maxMs >= minMs)) problems.push('closeDelay must have 0 ≤ minMs ≤ maxMs');
  return [...problems, ...accountProblems(options)];
}

function accountProblems(options: ResolvedOptions): string[] {
  const problems: string[] = [];
  const { defaultLeverage, longOrderIds } = options;
  if (!(Number.isInteger(defaultLeverage) && defaultLeverage >= 1 && defaultLeverage <= 125)) {
    problems.push(`defaultLeverage must be a whole number from 1 to 125, not ${defaultLeverage}`);
  }
  if (!isBalance(options.initialBalance)) {
    problems.push(`initialBalance must be like "10000.5", not ${JSON.stringify(options.initialBalance)}`);
  }
  for (const name of ['makerFee', 'takerFee'] as const) {
    if (/^0(\.\d{1,8})?$/.test(options[name])) continue;
    problems.push(`${name} must be a share like "0.0005", not ${JSON.stringify(options[name])}`);
  }
  for (const name of ['apiKey', 'apiSecret'] as const) {
    if (!/^[\x21-\x7e]+$/.test(options[name])) problems.push(`${name} must be printable text without spaces`);
  }
  if (!['some', 'all', 'none'].includes(longOrderIds))
    problems.push('longOrderIds must be some, all or none');
  return problems;
}

/** When the exchange begins. */
export function originOf(options: ResolvedOptions, market: Market, wallNow: UtcMs): TimeOrigin {
  if (options.origin !== undefined) return options.origin;
  return { wallMs: wallNow, exchangeMs: options.startTime ?? recordedStart(options, market) ?? wallNow };
}

function recordedStart({ replayWarmup }: ResolvedOptions, market: Market): UtcMs | undefined {
  const start = market.start();
  if (start === undefined) return undefined;
  const end = market.end() ?? Infinity;
  const first = market.listed(start)[0]?.symbol ?? '';
  return Math.min(end, start + replayWarmup * intervalMs(market.baseInterval(first)));
}
