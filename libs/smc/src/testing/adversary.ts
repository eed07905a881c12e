/** Futures that are chosen against a detector: from the candles so far, or from what the engine holds to be alive. */
import type { Candle } from '@slt/domain';
import type { SmcView } from '../core/smc-view';
import type { Futures } from './look-ahead';
import { randomFrom, type Random } from './random';

/** Crash, spike, mirror, standstill, repetition and a sudden turn, `length` candles each. */
export function harshFutures(length: number): Futures {
  return (candles, cut) => {
    const last = candles[cut - 1]!;
    const step = cut > 1 ? last.openTime - candles[cut - 2]!.openTime : 60_000;
    const time = (i: number): number => last.openTime + (i + 1) * step;
    const make = (draw: (i: number) => readonly [open: number, high: number, low: number, close: number]) =>
      Array.from({ length }, (_, i) => candleFrom(time(i), draw(i)));
    const price = last.close;
    const past = (i: number): Candle => candles[Math.max(0, cut - 1 - (i % cut))]!;
    return {
      crash: make((i) => (i === 0 ? [price, price, 0, 0] : [0, 0, 0, 0])),
      spike: make((i) => (i === 0 ? [price, price * 64, price, price] : [price, price, price, price])),
      rally: make((i) => [price * (i + 1), price * (i + 2), price * (i + 1), price * (i + 2)]),
      flat: make(() => [price, price, price, price]),
      mirrored: make((i) => {
        const { open, high, low, close } = past(i);
        return [close, high, low, open];
      }),
      reflected: make((i) => {
        const { open, high, low, close } = past(i);
        const across = (value: number): number => Math.max(0, 2 * price - value);
        return [across(close), Math.max(across(low), across(high)), across(high), across(open)];
      }),
      repeated: make((i) => {
        const { open, high, low, close } = candles[(cut + i) % cut]!;
        return [open, high, low, close];
      }),
      whip: make((i) => (i % 2 === 0 ? [price, price * 2, price, price * 2] : [price, price * 2, 0, 0])),
    };
  };
}

/**
 * The next candle of an adversary who looks at the engine's state: it goes for a level that something hinges on, to one
 * tick before it, exactly to it, or one tick beyond, and closes on either side.
 */
export function spitefulCandle(
  random: Random,
  view: SmcView,
  last: Candle,
  tick: number,
  stepMs: number,
): Candle {
  const levels = [
    ...view.liquidity.map((pool) => pool.level),
    ...[...view.gaps, ...view.orderBlocks].flatMap(({ top, bottom }) => [top, bottom, (top + bottom) / 2]),
    ...[view.structure.swing, view.structure.internal].flatMap(({ high, low }) => [high?.level, low?.level]),
  ].filter((level) => level !== undefined);
  const around = (level: number): number => Math.max(0, level + random.between(-1, 1) * tick);
  const target = around(levels.length > 0 ? random.pick(levels) : last.close);
  const open = random.chance(80) ? last.close : around(last.close);
  const close = random.chance(40) ? target : around(random.chance(60) ? last.close : target);
  const high = Math.max(open, close, target) + (random.chance(20) ? tick : 0);
  const low = Math.min(open, close, target);
  return { openTime: last.openTime + stepMs, open, high, low, close, volume: random.between(0, 9) };
}

/** A whole series of them. @param viewAfter shows the engine a candle, gives its state after it */
export function spitefulSeries(
  seed: number,
  plan: { readonly length: number; readonly tick: number; readonly stepMs: number; readonly first: Candle },
  viewAfter: (candle: Candle) => SmcView,
): Candle[] {
  const random = randomFrom(seed);
  const candles = [plan.first];
  while (candles.length < plan.length) {
    const last = candles.at(-1)!;
    candles.push(spitefulCandle(random, viewAfter(last), last, plan.tick, plan.stepMs));
  }
  return candles;
}

function candleFrom(
  openTime: number,
  [open, high, low, close]: readonly [open: number, high: number, low: number, close: number],
): Candle {
  return { openTime, open, high, low, close, volume: 1 };
}
