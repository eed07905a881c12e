import { instant, span, zoneName } from '../format';
import { wallNow } from '../store/clock';
import { connection, reconnectNow } from '../store/feed';
import { zone } from '../store/preferences';
import { Badge } from '../ui/badge';

/** Live, connecting, or stale since when. */
export function ConnectionState() {
  const state = connection.value;
  switch (state.kind) {
    case 'live':
      return (
        <span data-connection="live">
          <Badge tone="good">Live</Badge>
        </span>
      );
    case 'connecting':
      return (
        <span data-connection="connecting">
          <Badge tone="info">Connecting …</Badge>
        </span>
      );
    case 'stale':
      return (
        <span data-connection="stale">
          <Badge tone="bad">Stale for {span(Math.max(0, wallNow.value - state.since))}</Badge>
        </span>
      );
  }
}

/** The same as a sentence across the page, said once by a screen reader: what is shown is no longer what is. */
export function ConnectionNote() {
  const state = connection.value;
  const isStale = state.kind === 'stale';
  return (
    <div role="alert" class={isStale ? 'stale-note' : ''}>
      {isStale && (
        <>
          <span>
            Stale since {instant(state.since, zone.value, 'time')} {zoneName(zone.value, state.since)}: the
            connection to the service is lost. What you see may be out of date.
          </span>
          <Hope retryAt={state.retryAt} />
        </>
      )}
    </div>
  );
}

/** Counts down, silently. */
function Hope({ retryAt }: { retryAt: number | undefined }) {
  if (retryAt === undefined) return <span aria-hidden="true">Trying again …</span>;
  const seconds = Math.max(0, Math.ceil((retryAt - wallNow.value) / 1000));
  return (
    <>
      <span aria-hidden="true">Next try in {seconds} s</span>
      <button type="button" onClick={reconnectNow}>
        Try now
      </button>
    </>
  );
}
