import { useCallback } from 'preact/hooks';
import type { History, Refresh } from '../../api/types';
import { change } from '../../store/session';
import type { Resource } from '../../store/resource';
import { Action } from '../../ui/action';

/** Brings the whole cache up to date, and tells how far that is. */
export function Refreshing({ history }: { history: Resource<History> }) {
  const { reload } = history;
  const refresh = history.value?.refresh;
  const run = useCallback(async () => {
    const { total } = await change<Refresh>('/v1/history/refresh', { body: {} });
    reload();
    return `${total} series are brought up to date.`;
  }, [reload]);
  return (
    <>
      {refresh !== undefined && <Progress of={refresh} />}
      <Action run={run} disabled={refresh?.running === true}>
        Refresh all
      </Action>
    </>
  );
}

function Progress({ of: { running, done, total, whole, weight, failures } }: { of: Refresh }) {
  const why = failures.map(({ symbol, message }) => `${symbol}: ${message}`).join('\n');
  return (
    <span class="note num" role="status" title={why}>
      {running ? `Refreshing: ${done} of ${total}` : `Last refresh: ${whole} of ${total} whole`}, weight {weight}
      {failures.length > 0 && `, ${failures.length} failed`}
    </span>
  );
}
