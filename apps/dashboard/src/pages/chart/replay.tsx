import { useId } from 'preact/hooks';
import type { Candle } from '../../api/types';
import { instantInBoth } from '../../format';
import { Time } from '../../ui/time';

/** Steps through the past, candle by candle; at the right end it is live again. */
export function Replay({
  candles,
  stoppedAt,
  onChange,
}: {
  candles: readonly Candle[];
  /** Open time of the candle it stands at; undefined: live. */
  stoppedAt: number | undefined;
  onChange: (openTime: number | undefined) => void;
}) {
  const id = useId();
  const last = candles.length - 1;
  const found = stoppedAt === undefined ? last : candles.findIndex(({ openTime }) => openTime >= stoppedAt);
  const index = found < 0 ? last : found;
  const go = (to: number): void => onChange(to >= last ? undefined : candles[Math.max(0, to)]?.openTime);
  const at = candles[index]?.openTime;
  return (
    <div class="replay">
      <label for={id}>Replay</label>
      <button type="button" aria-label="One candle back" onClick={() => go(index - 1)} disabled={index <= 0}>
        ◀
      </button>
      <input
        id={id}
        type="range"
        min={0}
        max={last}
        value={index}
        aria-valuetext={stoppedAt === undefined ? 'live' : at === undefined ? '' : instantInBoth(at)}
        onInput={(event) => go(event.currentTarget.valueAsNumber)}
      />
      <button
        type="button"
        aria-label="One candle on"
        onClick={() => go(index + 1)}
        disabled={stoppedAt === undefined}
      >
        ▶
      </button>
      <button type="button" onClick={() => onChange(undefined)} disabled={stoppedAt === undefined}>
        Live
      </button>
      <span class="replay-at">
        {stoppedAt === undefined ? (
          'live'
        ) : (
          <>
            only what was known at the close of <Time at={stoppedAt} />
          </>
        )}
      </span>
    </div>
  );
}
