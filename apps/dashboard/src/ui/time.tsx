import { instant, instantInBoth, span, zoneName } from '../format';
import { exchangeNow } from '../store/clock';
import { zone } from '../store/preferences';

/** An instant in the zone that was chosen; pointing at it, or a screen reader, tells both. */
export function Time({ at, part = 'full' }: { at: number | null | undefined; part?: 'time' | 'full' }) {
  if (at === undefined || at === null) return <span>–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={instantInBoth(at)} class="num">
      {instant(at, zone.value, part)} {zoneName(zone.value, at)}
    </time>
  );
}

/** How long ago, by the clock of the exchange; it ticks. */
export function Ago({ at }: { at: number | null | undefined }) {
  if (at === undefined || at === null) return <span>–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={instantInBoth(at)} class="num">
      {span(Math.max(0, exchangeNow.value - at))} ago
    </time>
  );
}
