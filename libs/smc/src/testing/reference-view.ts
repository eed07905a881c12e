/** Reference: the present state, folded from the log, and the dealing range, which has no events of its own. */
import type { Candle } from '@slt/domain';
import type { BreakEvent, PivotEvent, Scale, Side, SmcEvent } from '../core/smc-event';
import { SESSION_NAMES } from '../core/session-name';
import { completeOptions, type SmcOptions } from '../core/smc-options';
import type {
  DealingRangeView,
  ExtremeView,
  GapView,
  OrderBlockView,
  PeriodView,
  PivotView,
  PoolView,
  RangeZone,
  SmcView,
  StructureView,
} from '../core/smc-view';
import { atrOf } from './reference-candles';
import { periodsOf, sessionsOf, type Occurrence } from './reference-spans';

/** @param events all events of these candles */
export function referenceView(
  candles: readonly Candle[],
  events: readonly SmcEvent[],
  given: Partial<SmcOptions> = {},
): SmcView {
  const options = completeOptions(given);
  const { intervalMs } = options;
  const structure = { internal: structureOf(events, 'internal'), swing: structureOf(events, 'swing') };
  const blocks = blocksOf(events);
  const sessions = SESSION_NAMES.map((name) => {
    return [name, spanViews(candles, sessionsOf(candles, name, intervalMs), (span) => span.isWhole)] as const;
  });
  const period = (name: 'day' | 'week' | 'month'): PeriodView =>
    spanViews(candles, periodsOf(candles, name, intervalMs), () => true);
  return {
    candles: candles.length,
    lastOpenTime: candles.at(-1)?.openTime ?? null,
    atr: atrOf(candles, options.atrLength).at(-1) ?? null,
    structure,
    orderBlocks: [
      ...blocks.filter((block) => block.scale === 'internal'),
      ...blocks.filter((block) => block.scale === 'swing'),
    ],
    gaps: gapsOf(events),
    liquidity: poolsOf(events),
    dealingRange: dealingRangeOf(candles, events, structure.swing),
    periods: { day: period('day'), week: period('week'), month: period('month') },
    sessions: Object.fromEntries(sessions) as SmcView['sessions'],
  };
}

function structureOf(events: readonly SmcEvent[], scale: Scale): StructureView {
  const breaks = events.filter(isBreak).filter((event) => event.scale === scale);
  const last = breaks.at(-1);
  const pivotView = (side: Side): PivotView | null => {
    const pivot = lastPivotEvent(events, scale, side);
    if (pivot === undefined) return null;
    const { at, atTime, level, label } = pivot;
    const direction = side === 'high' ? 'bullish' : 'bearish';
    const isBroken = breaks.some((event) => event.at === at && event.direction === direction);
    return { at, atTime, level, label, isBroken };
  };
  if (last === undefined)
    return { bias: null, high: pivotView('high'), low: pivotView('low'), lastBreak: null };
  const { kind, direction, level, at, atTime, knownAt, knownAtTime } = last;
  const lastBreak = { kind, direction, level, at, atTime, knownAt, knownAtTime };
  return { bias: direction, high: pivotView('high'), low: pivotView('low'), lastBreak };
}

function isBreak(event: SmcEvent): event is BreakEvent {
  return event.kind === 'bos' || event.kind === 'choch';
}

function lastPivotEvent(events: readonly SmcEvent[], scale: Scale, side: Side): PivotEvent | undefined {
  return events.findLast((event): event is PivotEvent => {
    return event.kind === 'pivot' && event.scale === scale && event.side === side;
  });
}

/** Oldest first: a map keeps the order in which its keys came. */
function blocksOf(events: readonly SmcEvent[]): OrderBlockView[] {
  const live = new Map<string, OrderBlockView>();
  for (const event of events) {
    if (event.kind !== 'order-block') continue;
    const { id, scale, direction, state, top, bottom, at, atTime, volume, impulseVolume, strength } = event;
    if (state === 'spent' || state === 'dropped') live.delete(id);
    else
      live.set(id, { id, scale, direction, state, top, bottom, at, atTime, volume, impulseVolume, strength });
  }
  return [...live.values()];
}

function gapsOf(events: readonly SmcEvent[]): GapView[] {
  const live = new Map<string, GapView>();
  for (const event of events) {
    if (event.kind !== 'fair-value-gap') continue;
    const { id, direction, state, top, bottom, at, atTime } = event;
    if (state === 'inverse' || state === 'dropped') live.delete(id);
    else live.set(id, { id, direction, state, top, bottom, at, atTime });
  }
  return [...live.values()];
}

function poolsOf(events: readonly SmcEvent[]): PoolView[] {
  const live = new Map<string, PoolView>();
  for (const event of events) {
    if (event.kind !== 'liquidity') continue;
    const { id, side, source, level, at, atTime } = event;
    if (event.state === 'active') live.set(id, { id, side, source, level, at, atTime });
    else live.delete(id);
  }
  return [...live.values()];
}

function spanViews(
  candles: readonly Candle[],
  all: readonly Occurrence[],
  isShownWhileOpen: (occurrence: Occurrence) => boolean,
): PeriodView {
  const current = all.find((each) => each.knownAt === undefined && isShownWhileOpen(each));
  const previous = all.findLast((each) => each.knownAt !== undefined && each.isWhole);
  return { current: spanView(candles, current), previous: spanView(candles, previous) };
}

function spanView(candles: readonly Candle[], span: Occurrence | undefined): PeriodView['current'] {
  if (span === undefined) return null;
  const { start, end, highAt, lowAt } = span;
  const high = { level: candles[highAt]!.high, at: highAt, atTime: candles[highAt]!.openTime };
  const low = { level: candles[lowAt]!.low, at: lowAt, atTime: candles[lowAt]!.openTime };
  return { start, end, high, low };
}

/** From the last swing pivots: the highest high since the one, the lowest low since the other. */
function dealingRangeOf(
  candles: readonly Candle[],
  events: readonly SmcEvent[],
  { bias }: StructureView,
): DealingRangeView | null {
  const high = lastPivotEvent(events, 'swing', 'high');
  const low = lastPivotEvent(events, 'swing', 'low');
  if (high === undefined || low === undefined) return null;
  const top = extremeSince(candles, high.at, 'high');
  const bottom = extremeSince(candles, low.at, 'low');
  const range = top.level - bottom.level;
  const close = candles.at(-1)!.close;
  const position = range === 0 ? 0.5 : (close - bottom.level) / range;
  const leg = top.at > bottom.at ? 'up' : 'down';
  const backFromEnd = (fraction: number): number =>
    leg === 'up' ? top.level - fraction * range : bottom.level + fraction * range;
  return {
    top,
    bottom,
    position,
    zone: zoneOf(position),
    highStrength: bias === null ? null : bias === 'bearish' ? 'strong' : 'weak',
    lowStrength: bias === null ? null : bias === 'bullish' ? 'strong' : 'weak',
    leg,
    retracementPercent: 100 * (leg === 'up' ? 1 - position : position),
    ote: { from: backFromEnd(0.618), to: backFromEnd(0.786) },
  };
}

/** The first candle on ties. */
function extremeSince(candles: readonly Candle[], from: number, side: Side): ExtremeView {
  let best = from;
  for (let i = from; i < candles.length; i++) {
    if (side === 'high' ? candles[i]!.high > candles[best]!.high : candles[i]!.low < candles[best]!.low)
      best = i;
  }
  return { level: candles[best]![side], at: best, atTime: candles[best]!.openTime };
}

function zoneOf(position: number): RangeZone {
  if (position >= 0.95) return 'premium';
  if (position <= 0.05) return 'discount';
  if (position >= 0.475 && position <= 0.525) return 'equilibrium';
  return position > 0.5 ? 'upper' : 'lower';
}
