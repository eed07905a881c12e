import { type CandleColumns, EMPTY_COLUMNS, SystemClock, type UtcMs } from '@slt/domain';
import { eventually } from '../../../test/support/eventually';
import { RestFiller } from './rest-filler';
import { FastClock } from './testing/fake-market';

class SlowHistory {
  readonly asked: string[] = [];
  readonly startedAt: number[] = [];
  peak = 0;
  private waiting: (() => void)[] = [];
  holds = true;

  fetchRange = async (symbol: string): Promise<CandleColumns> => {
    this.asked.push(symbol);
    this.startedAt.push(performance.now());
    if (this.holds) {
      this.peak = Math.max(this.peak, this.waiting.length + 1);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    if (symbol === 'BAD') throw new Error('no answer');
    return EMPTY_COLUMNS;
  };

  release(): void {
    this.holds = false;
    for (const resume of this.waiting.splice(0)) resume();
  }
}

const request = (symbol: string, more: { idle?: boolean; stillWanted?: () => boolean } = {}) => ({
  symbol,
  interval: '1m' as const,
  from: 0 as UtcMs,
  to: 0 as UtcMs,
  stillWanted: () => true,
  ...more,
});

describe('rest filler', () => {
  it('keeps eight requests under way and no more', async () => {
    const history = new SlowHistory();
    const filler = new RestFiller(history, new FastClock(10_000));
    const fills = Array.from({ length: 30 }, (_, i) => filler.fill(request(`S${i}`)));
    await eventually(() => history.asked.length === 8);
    history.release();
    await Promise.all(fills);
    expect(history.peak).toBe(8);
    expect(filler.fetches).toBe(30);
  });

  it('begins thirty a second at most', async () => {
    const history = new SlowHistory();
    history.release();
    const filler = new RestFiller(history, new SystemClock());
    await Promise.all(Array.from({ length: 10 }, (_, i) => filler.fill(request(`S${i}`))));
    // Nine gaps of a thirtieth of a second: 300 ms, timers being a little early or late.
    expect(history.startedAt[9]! - history.startedAt[0]!).toBeGreaterThan(270);
  });

  it('sends nothing that came by stream meanwhile, and what nobody waits for last', async () => {
    const history = new SlowHistory();
    const filler = new RestFiller(history, new FastClock(10_000));
    const busy = Array.from({ length: 8 }, (_, i) => filler.fill(request(`S${i}`)));
    let wanted = true;
    const late = filler.fill(request('LATE', { idle: true }));
    const moot = filler.fill(request('MOOT', { stillWanted: () => wanted }));
    const urgent = filler.fill(request('URGENT'));
    await eventually(() => history.asked.length === 8);
    wanted = false;
    history.release();
    expect(await moot).toBeUndefined();
    await Promise.all([...busy, late, urgent]);
    expect(history.asked.slice(8)).toEqual(['URGENT', 'LATE']);
  });

  it('hands on failures, counts them, and goes on', async () => {
    const history = new SlowHistory();
    history.release();
    const filler = new RestFiller(history, new FastClock(10_000));
    await expect(filler.fill(request('BAD'))).rejects.toThrow('no answer');
    expect(await filler.fill(request('GOOD'))).toBe(EMPTY_COLUMNS);
    expect(filler.failures).toBe(1);
  });

  it('drops what was not sent when cleared', async () => {
    const history = new SlowHistory();
    const filler = new RestFiller(history, new FastClock(10_000));
    const fills = Array.from({ length: 12 }, (_, i) => filler.fill(request(`S${i}`)));
    await eventually(() => history.asked.length === 8);
    filler.clear();
    history.release();
    const outcomes = await Promise.all(fills);
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(4);
    expect(history.asked).toHaveLength(8);
  });
});
