import type { ClusterEvent } from '@slt/cluster';
import { Subject } from 'rxjs';
import { eventually } from '../../../../test/support/eventually';
import { collectGarbage, releaseMemoryAfterWarmUp } from './memory-release';

const phase = (name: 'warming' | 'streaming' | 'degraded') =>
  ({ type: 'phase', phase: name }) as ClusterEvent;

describe('memory is released', () => {
  let events: Subject<ClusterEvent>;
  let collections: number;
  const collect = (): void => void collections++;

  beforeEach(() => {
    events = new Subject();
    collections = 0;
  });

  it('as often as asked, after the first warm-up alone', async () => {
    releaseMemoryAfterWarmUp({ events }, { collect, afterMs: [0, 1] });
    events.next(phase('warming'));
    expect(events.observed).toBe(true);
    for (const name of ['streaming', 'degraded', 'streaming'] as const) events.next(phase(name));
    expect(events.observed).toBe(false);
    await eventually(() => collections === 2);
  });

  it('not of a service that has been stopped', async () => {
    const stop = releaseMemoryAfterWarmUp({ events }, { collect, afterMs: [0] });
    events.next(phase('streaming'));
    stop();
    const other = releaseMemoryAfterWarmUp(
      { events },
      { collect: () => void (collections += 10), afterMs: [0] },
    );
    events.next(phase('streaming'));
    await eventually(() => collections === 10);
    other();
  });

  it('with all that nobody holds', () => {
    const held = new WeakRef(new ArrayBuffer(1_000));
    return eventually(() => {
      collectGarbage();
      return held.deref() === undefined;
    });
  });
});
