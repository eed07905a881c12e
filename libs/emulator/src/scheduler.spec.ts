import { eventually } from '../../../test/support/eventually';
import { ExchangeTime } from './exchange-time';
import { Scheduler } from './scheduler';

const time = (speed: number, end?: number): ExchangeTime =>
  new ExchangeTime({ wallMs: Date.now(), exchangeMs: 1_000_000 }, speed, end);

describe('ExchangeTime', () => {
  it('runs at its speed from its origin and stops at its end', () => {
    const origin = { wallMs: Date.now() - 1_000, exchangeMs: 5_000_000 };
    expect(new ExchangeTime(origin, 60).now() - 5_060_000).toBeLessThan(60 * 500); // 1 s × 60 has passed
    expect(new ExchangeTime(origin, 60, 5_010_000).now()).toBe(5_010_000);
    expect(new ExchangeTime(origin, 60, 5_010_000).running()).toBeGreaterThanOrEqual(5_060_000);
    expect(new ExchangeTime(origin, 60).toWallMs(60_000)).toBe(1_000);
  });
});

describe('a held clock', () => {
  it('stands at its origin until it is let go, and then goes on from there', async () => {
    const held = new ExchangeTime(
      { wallMs: Date.now() - 60_000, exchangeMs: 1_000_000 },
      1_000,
      undefined,
      true,
    );
    const ran: number[] = [];
    const scheduler = new Scheduler(held);
    scheduler.at(1_000_010, () => ran.push(held.now()));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([held.isHeld, held.now(), ran.length]).toEqual([true, 1_000_000, 0]);
    expect(held.origin.exchangeMs).toBe(1_000_000);
    held.release();
    await eventually(() => ran.length === 1);
    expect(ran[0]).toBeGreaterThanOrEqual(1_000_010);
    scheduler.close();
  });
});

describe('Scheduler', () => {
  it('runs tasks in order of their instants, whatever the order of entry', async () => {
    const clock = time(1000);
    const scheduler = new Scheduler(clock);
    const start = clock.now();
    const ran: number[] = [];
    for (const at of [9_000, 3_000, 7_000, 1_000, 3_000]) scheduler.at(start + at, () => ran.push(at));
    await eventually(() => ran.length === 5);
    expect(ran).toEqual([1_000, 3_000, 3_000, 7_000, 9_000]);
    scheduler.close();
  });

  it('catches up: what is overdue runs at once, also what a task adds in the past', async () => {
    const clock = time(1);
    const scheduler = new Scheduler(clock);
    const ran: string[] = [];
    scheduler.at(0, () => {
      ran.push('first');
      scheduler.at(1, () => ran.push('second'));
    });
    await eventually(() => ran.length === 2);
    expect(ran).toEqual(['first', 'second']);
    scheduler.close();
  });

  it('runs nothing once closed', async () => {
    const scheduler = new Scheduler(time(1000));
    const ran: string[] = [];
    scheduler.at(0, () => ran.push('never'));
    scheduler.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ran).toEqual([]);
  });
});
