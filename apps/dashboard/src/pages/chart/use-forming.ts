/** The candle in progress: for the eye alone, since nothing is proved by it and nothing decided on it. */
import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Candle } from '../../api/types';
import { connection, listen } from '../../store/feed';

/**
 * What a page shows that has asked for it by `watchForming`.
 * @param openTime of the candle behind the newest closed one; undefined while the past is looked at
 * @returns undefined while nobody tells how it stands
 */
export function useForming(
  symbol: string,
  interval: string,
  openTime: number | undefined,
): ReadonlySignal<Candle | undefined> {
  const forming = useSignal<Candle | undefined>(undefined);
  useEffect(() => {
    if (forming.peek()?.openTime !== openTime) forming.value = undefined;
    return listen('forming', (event) => {
      if (event.symbol !== symbol) return;
      const candle = event.candles.find((each) => each.interval === interval)?.candle;
      if (candle?.openTime === openTime) forming.value = candle;
    });
  }, [symbol, interval, openTime]);
  const isStale = connection.value.kind === 'stale';
  useEffect(() => {
    if (isStale) forming.value = undefined;
  }, [isStale]);
  return forming;
}
