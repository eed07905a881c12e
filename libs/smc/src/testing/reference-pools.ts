/** Reference: what makes a pool of liquidity, in which order, and how it ends. */
import type { Candle } from '@slt/domain';
import type {
  EqualLevelEvent,
  LiquidityEvent,
  PeriodName,
  PoolSource,
  PoolState,
  SessionEvent,
  Side,
  SmcEvent,
} from '../core/smc-event';
import { SESSION_NAMES, type SessionName } from '../core/session-name';
import type { SmcOptions } from '../core/smc-options';
import { byCandle, when } from './reference-candles';
import type { Pivot } from './reference-pivots';
import { periodsOf, sessionsOf, type Occurrence } from './reference-spans';

interface Pool {
  readonly side: Side;
  readonly source: PoolSource;
  readonly level: number;
  readonly at: number;
  /** When it was born. */
  readonly knownAt: number;
}

/** What the last part of a candle's work says, in order: a plain event, or a pool that is born. */
type Item = SmcEvent | Pool;

/** By candle: the tests of the pools that live, then new pools, periods and sessions. */
export function liquidityEventsOf(
  candles: readonly Candle[],
  swings: readonly Pivot[],
  equals: readonly EqualLevelEvent[],
  options: SmcOptions,
): SmcEvent[][] {
  const items = byCandle(candles, [
    ...swings.map(swingPool),
    ...equals.map(equalPool),
    ...timeItems(candles, options),
  ]);
  const live: Pool[] = [];
  return candles.map((_, t) => [
    ...testsAt(candles, live, t),
    ...items[t]!.flatMap((item) => say(candles, live, item, options)),
  ]);
}

function swingPool({ side, level, at, knownAt }: Pivot): Pool {
  return { side, source: 'swing', level, at, knownAt };
}

/** The outer one of the two levels. */
function equalPool({ side, level, previousLevel, at, knownAt }: EqualLevelEvent): Pool {
  const outer = side === 'high' ? Math.max(level, previousLevel) : Math.min(level, previousLevel);
  return { side, source: 'equal', level: outer, at, knownAt };
}

/** Days, weeks, months, then the sessions in their order; of each the earlier occurrence first. */
function timeItems(candles: readonly Candle[], { intervalMs }: SmcOptions): Item[] {
  const wholeOnly = (occurrence: Occurrence): boolean => occurrence.isWhole;
  return [
    ...(['day', 'week', 'month'] as const).flatMap((period) =>
      periodsOf(candles, period, intervalMs)
        .filter(wholeOnly)
        .flatMap((it) => periodItems(candles, period, it)),
    ),
    ...SESSION_NAMES.flatMap((session) =>
      sessionsOf(candles, session, intervalMs)
        .filter(wholeOnly)
        .flatMap((it) => sessionItems(candles, session, it)),
    ),
  ];
}

function periodItems(candles: readonly Candle[], period: PeriodName, occurrence: Occurrence): Item[] {
  return poolsOf(candles, period, occurrence).flatMap((pool): Item[] => {
    const { side, level } = pool;
    return [{ kind: 'period-level', period, side, level, ...when(candles, pool.at, pool.knownAt) }, pool];
  });
}

function sessionItems(candles: readonly Candle[], session: SessionName, occurrence: Occurrence): Item[] {
  const { from, knownAt: closedAt, highAt, lowAt } = occurrence;
  const event = (state: SessionEvent['state'], high: number, low: number, t: number): SessionEvent => {
    return { kind: 'session', session, state, high, low, ...when(candles, from, t) };
  };
  const first = candles[from]!;
  const open = event('open', first.high, first.low, from);
  if (closedAt === undefined) return [open];
  const closed = event('closed', candles[highAt]!.high, candles[lowAt]!.low, closedAt);
  return [open, closed, ...poolsOf(candles, session, occurrence)];
}

/** The high's, then the low's; none while it goes on. */
function poolsOf(candles: readonly Candle[], source: PoolSource, occurrence: Occurrence): Pool[] {
  const { knownAt, highAt, lowAt } = occurrence;
  if (knownAt === undefined) return [];
  return [
    { side: 'high', source, level: candles[highAt]!.high, at: highAt, knownAt },
    { side: 'low', source, level: candles[lowAt]!.low, at: lowAt, knownAt },
  ];
}

/** A new pool makes room first if there are as many of its side as may be. */
function say(candles: readonly Candle[], live: Pool[], item: Item, options: SmcOptions): SmcEvent[] {
  if ('kind' in item) return [item];
  const events: SmcEvent[] = [];
  const sameSide = live.filter((pool) => pool.side === item.side);
  if (sameSide.length >= options.poolLimit) {
    events.push(poolEvent(candles, sameSide[0]!, 'dropped', item.knownAt));
    remove(live, sameSide[0]!);
  }
  live.push(item);
  events.push(poolEvent(candles, item, 'active', item.knownAt));
  return events;
}

function testsAt(candles: readonly Candle[], live: Pool[], t: number): LiquidityEvent[] {
  return [...live].flatMap((pool) => {
    const state = fate(pool, candles[t]!);
    if (state === undefined) return [];
    remove(live, pool);
    return [poolEvent(candles, pool, state, t)];
  });
}

/** Swept: the wick goes beyond, the close does not. Run: the close goes beyond. */
function fate({ side, level }: Pool, { high, low, close }: Candle): PoolState | undefined {
  const isReached = side === 'high' ? high > level : low < level;
  const isRun = side === 'high' ? close > level : close < level;
  if (isRun) return 'run';
  return isReached ? 'swept' : undefined;
}

function remove(live: Pool[], pool: Pool): void {
  live.splice(live.indexOf(pool), 1);
}

function poolEvent(candles: readonly Candle[], pool: Pool, state: PoolState, t: number): LiquidityEvent {
  const { side, source, level, at } = pool;
  const id = `liq-${source}-${side}-${candles[at]!.openTime}`;
  return { kind: 'liquidity', side, source, state, id, level, ...when(candles, at, t) };
}
