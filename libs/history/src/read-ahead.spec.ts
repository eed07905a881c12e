import { ManualClock, MINUTE_MS } from '@slt/domain';
import { eventually } from '../../../test/support/eventually';
import { MemoryStore } from '../../../test/support/history/memory-store';
import { ReadAhead } from './read-ahead';
import { walk } from './testing/candles';

const T0 = 29_000_000 * MINUTE_MS;

describe('ReadAhead', () => {
  let store: MemoryStore;
  let ahead: ReadAhead;

  beforeEach(async () => {
    store = new MemoryStore(new ManualClock(T0));
    for (const symbol of ['A', 'B', 'C']) await store.write(symbol, '1m', walk(T0, 50));
    await store.write('A', '5m', walk(T0, 50));
    ahead = new ReadAhead(store);
  });

  afterEach(() => ahead.end());

  it('has the newest rows of what it was told to read, once', async () => {
    await ahead.begin(['1m'], 20);
    expect(ahead.take('A', '5m')).toBeUndefined();
    const found = ahead.take('A', '1m');
    if (found === undefined || found === 'absent') throw new Error('nothing was read');
    expect([...found.columns.openTime]).toEqual([...walk(T0, 50).openTime.slice(30)]);
    expect(found.columns.openTime.buffer.byteLength).toBe(20 * 8); // not a view that keeps the file in memory
    expect(ahead.take('A', '1m')).toBeUndefined();
    expect(ahead.take('B', '1m')).toBeDefined();
  });

  it('knows, once, of which series there was no file', async () => {
    expect(ahead.take('D', '1m')).toBeUndefined();
    await ahead.begin(['1m'], 20);
    expect(ahead.take('D', '1m')).toBe('absent');
    expect(ahead.take('D', '1m')).toBeUndefined();
    ahead.end();
    expect(ahead.take('E', '1m')).toBeUndefined();
  });

  it('leaves what is damaged for the real look', async () => {
    store.damaged.add('B_1m');
    await ahead.begin(['1m'], 20);
    expect(ahead.take('B', '1m')).toBeUndefined();
    expect(ahead.take('C', '1m')).toBeDefined();
  });

  it('forgets everything at its end, also what it has not read yet', async () => {
    const begun = ahead.begin(['1m'], 20);
    ahead.end();
    await begun;
    await eventually(() => ahead.take('A', '1m') === undefined && ahead.take('C', '1m') === undefined);
  });
});
