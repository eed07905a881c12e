import { instant, type InstantPart, instantInBoth, span, zoneName } from '../format';
import { exchangeNow } from '../store/clock';
import { zone } from '../store/preferences';

/**
 * An instant in the zone that was chosen; pointing at it tells both.
 * @param props.isBare without the zone, where the header's clock must do
 */
export function Time({
  at,
  part = 'full',
  isBare = false,
}: {
  at: number | null | undefined;
  part?: InstantPart;
  isBare?: boolean;
}) {
  if (at === undefined || at === null) return <span>–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={instantInBoth(at)} class="num">
      {instant(at, zone.value, part)}
      {isBare ? '' : ` ${zoneName(zone.value, at)}`}
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
