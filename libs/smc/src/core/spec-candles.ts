/** Candles and small questions for the specs of this folder. */
import { MINUTE_MS, type Candle, type DurationMs, type UtcMs } from '@slt/domain';
import { SmcEngine } from './smc-engine';
import type { SmcEvent, SmcEventKind } from './smc-event';
import type { SmcOptions } from './smc-options';

/** `[high, low, close]` or `[high, low, close, volume]`; the open is the close, the volume 1 unless said. */
export type Bar = readonly [high: number, low: number, close: number, volume?: number];

/** A Wednesday, 17:10 UTC: for almost three hours no period begins or ends, nor any session that is seen whole. */
export const QUIET_START: UtcMs = Date.UTC(2025, 0, 15, 17, 10);

export function candlesOf(bars: readonly Bar[], start = QUIET_START, intervalMs = MINUTE_MS): Candle[] {
  return bars.map(([high, low, close, volume = 1], i) => {
    return { openTime: start + i * intervalMs, open: close, high, low, close, volume };
  });
}

/** Every candle has this one price. */
export function flatBars(count: number, price: number): Bar[] {
  return Array.from({ length: count }, () => [price, price, price] as const);
}

/** The same prices upside down. */
export function mirrored(bars: readonly Bar[], around: number): Bar[] {
  return bars.map(([high, low, close, volume = 1]) => [around - low, around - high, around - close, volume]);
}

export function eventsOf(candles: readonly Candle[], options: Partial<SmcOptions> = {}): SmcEvent[] {
  const engine = new SmcEngine(options);
  return candles.flatMap((candle) => engine.step(candle));
}

export type EventOf<Kind extends SmcEventKind> = Extract<SmcEvent, { kind: Kind }>;

export function only<Kind extends SmcEventKind>(
  events: readonly SmcEvent[],
  ...kinds: readonly Kind[]
): EventOf<Kind>[] {
  return events.filter((event): event is EventOf<Kind> => kinds.some((kind) => kind === event.kind));
}

/** Uniform in [0, 1), the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface WalkOptions {
  readonly start?: UtcMs;
  readonly intervalMs?: DurationMs;
}

/** A walk on a grid of whole numbers, with ties, holes, gaps and every now and then a spike. */
export function walk(seed: number, length: number, options: WalkOptions = {}): Candle[] {
  const { start = QUIET_START, intervalMs = MINUTE_MS } = options;
  const random = randomOf(seed);
  const upTo = (limit: number): number => Math.floor(random() * limit);
  let price = 1_000;
  let openTime = start;
  return Array.from({ length }, () => {
    openTime += intervalMs * (random() < 0.02 ? 1 + upTo(90) : 1);
    const open = Math.max(1, price + (random() < 0.2 ? upTo(9) - 4 : 0));
    const close = Math.max(1, open + upTo(13) - 6 + (random() < 0.01 ? upTo(120) - 60 : 0));
    const high = Math.max(open, close) + upTo(4);
    const low = Math.max(0, Math.min(open, close) - upTo(4));
    price = close;
    return { openTime, open, high, low, close, volume: upTo(5) };
  });
}
