import fc from 'fast-check';
import { loadConfig } from '@slt/config';
import {
  type EmulatorRecord,
  identityOf,
  parseRecords,
  recordOf,
  resumeTime,
  withRecord,
} from './emulator-origin';

const identity = { seed: 1, symbols: 300, replay: null };
const record: EmulatorRecord = {
  ...identity,
  speed: 60,
  origin: { wallMs: 1_000_000, exchangeMs: 50_000_000 },
  latestMs: 50_000_000,
};
const records = { version: 1 as const, exchanges: [record] };

describe('resumeTime', () => {
  it('goes on at the speed it had', () => {
    // 10 s of wall time at 60 times the speed are 600 s
    expect(resumeTime(record, 1_010_000)).toBe(50_600_000);
  });

  it('finds a recording where it was left, for it would be over by tomorrow', () => {
    const replayed = { ...record, replay: '/recordings', latestMs: 51_000_000 };
    // noted every 5 s, and 60 times as fast: it may have been seen until 300 s later
    expect(resumeTime(replayed, 86_400_000)).toBe(51_300_000);
    expect(resumeTime(replayed, 1_018_000)).toBe(51_080_000);
  });

  it('never goes back, whatever the clock of this machine does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e13 }),
        fc.integer({ min: 0, max: 1e12 }),
        (wall, beyond) => {
          const seen = { ...record, latestMs: record.origin.exchangeMs + beyond };
          expect(resumeTime(seen, wall)).toBeGreaterThanOrEqual(seen.latestMs);
        },
      ),
    );
  });
});

describe('recordOf', () => {
  it.each([{ seed: 2 }, { symbols: 299 }, { replay: '/recordings' }])(
    'knows no other exchange: %p',
    (change) => {
      expect(recordOf(records, { ...identity, ...change })).toBeUndefined();
    },
  );

  it('knows the same at another speed', () => {
    expect(recordOf(records, identityOf(loadConfig({ EMULATOR_SPEED: '1' })))).toBe(record);
  });

  it('still knows one after others ran', () => {
    const other = { ...record, seed: 2 };
    const later = withRecord(records, other);
    expect(later.exchanges).toEqual([other, record]);
    expect(recordOf(later, identity)).toBe(record);
    expect(withRecord(later, { ...record, latestMs: 60_000_000 }).exchanges).toHaveLength(2);
  });

  it('forgets the oldest in the end', () => {
    let many = records;
    for (let seed = 2; seed < 100; seed++) many = withRecord(many, { ...record, seed });
    expect(many.exchanges).toHaveLength(32);
    expect(many.exchanges[0]!.seed).toBe(99);
  });
});

describe('parseRecords', () => {
  it('reads what was written', () => {
    expect(parseRecords(JSON.stringify(records))).toEqual(records);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"version":1}',
    '{"version":2,"exchanges":[]}',
    '{"version":1,"exchanges":[null,1,{}]}',
    JSON.stringify({ version: 1, exchanges: [{ ...record, speed: 0 }] }),
    JSON.stringify({ version: 1, exchanges: [{ ...record, origin: null }] }),
  ])('takes %s for none', (text) => expect(parseRecords(text)).toEqual({ version: 1, exchanges: [] }));
});
