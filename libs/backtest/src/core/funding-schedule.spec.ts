import { HOUR_MS, isAppError } from '@slt/domain';
import { FundingSchedule } from './funding-schedule';

const DAY = Date.UTC(2025, 5, 2);
const at = (hours: number): number => DAY + hours * HOUR_MS;

describe('funding schedule', () => {
  it('falls due every eight hours at the default rate', () => {
    const schedule = new FundingSchedule([], 0.0001);
    schedule.skipTo(at(1));
    expect(schedule.upTo(at(7.9))).toEqual([]);
    expect(schedule.upTo(at(16))).toEqual([
      { at: at(8), rate: 0.0001 },
      { at: at(16), rate: 0.0001 },
    ]);
    expect(schedule.upTo(at(16))).toEqual([]);
  });

  it('is as recorded where it is, of the minute, and by default before and after', () => {
    const schedule = new FundingSchedule(
      [
        { at: at(20) + 3, rate: -0.002 },
        { at: at(12), rate: 0.001 },
      ],
      0.0001,
    );
    schedule.skipTo(at(0));
    expect(schedule.upTo(at(24))).toEqual([
      { at: at(8), rate: 0.0001 },
      { at: at(12), rate: 0.001 },
      // 16:00 lies between two that are recorded
      { at: at(20), rate: -0.002 },
      { at: at(24), rate: 0.0001 },
    ]);
  });

  it('passes over what nobody held', () => {
    const schedule = new FundingSchedule([{ at: at(8), rate: 0.01 }], 0);
    schedule.skipTo(at(8));
    expect(schedule.upTo(at(15))).toEqual([]);
  });

  it('refuses a rate that is none', () => {
    expect.assertions(2);
    for (const rate of [NaN, 1.5]) {
      try {
        new FundingSchedule([{ at: at(0), rate }], 0);
      } catch (error) {
        expect(isAppError(error, 'BACKTEST.FUNDING')).toBe(true);
      }
    }
  });
});
