import fc from 'fast-check';
import { loadConfig } from '@slt/config';
import { type EmulatorRecord, identityOf, parseRecord, resumeTime } from './emulator-origin';

const identity = { seed: 1, symbols: 300, replay: null };
const record: EmulatorRecord = {
  version: 1,
  ...identity,
  speed: 60,
  origin: { wallMs: 1_000_000, exchangeMs: 50_000_000 },
  latestMs: 50_000_000,
};

describe('resumeTime', () => {
  it('goes on at the speed it had', () => {
    // 10 s of wall time at 60 times the speed are 600 s
    expect(resumeTime(record, identity, 1_010_000)).toBe(50_600_000);
  });

  it('never goes back, whatever the clock of this machine does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e13 }),
        fc.integer({ min: 0, max: 1e12 }),
        (wall, beyond) => {
          const seen = { ...record, latestMs: record.origin.exchangeMs + beyond };
          expect(resumeTime(seen, identity, wall)).toBeGreaterThanOrEqual(seen.latestMs);
        },
      ),
    );
  });

  it.each([{ seed: 2 }, { symbols: 299 }, { replay: '/recordings' }])(
    'begins anew for another exchange: %p',
    (change) => {
      expect(resumeTime(record, { ...identity, ...change }, 1_010_000)).toBeUndefined();
    },
  );

  it('goes on when only the speed changes', () => {
    const config = loadConfig({ EMULATOR_SPEED: '1' });
    expect(resumeTime(record, identityOf(config), 1_010_000)).toBe(50_600_000);
  });
});

describe('parseRecord', () => {
  it('reads what was written', () => {
    expect(parseRecord(JSON.stringify(record))).toEqual(record);
  });

  it.each([
    '',
    'null',
    '{}',
    '[]',
    '{"version":1}',
    JSON.stringify({ ...record, speed: 0 }),
    JSON.stringify({ ...record, origin: null }),
  ])('takes %s for none', (text) => expect(parseRecord(text)).toBeUndefined());
});
