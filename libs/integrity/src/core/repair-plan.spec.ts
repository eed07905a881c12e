import { columnsOf, type Hole, MINUTE_MS, toCandles } from '@slt/domain';
import { candles, START } from '../../test/series-fixture';
import { checkSeries } from './check-series';
import { error, warning } from './finding';
import { type BrokenSeries, planRepair } from './repair-plan';

const LIMITS = { now: START + 2000 * MINUTE_MS, wantedRows: 1000, mostRows: 50_000 };
const SIDE_CAR = {
  from: START,
  to: START + 99 * MINUTE_MS,
  knownHoles: [] as Hole[],
  writtenAt: START + 100 * MINUTE_MS,
};
const minute = (n: number) => START + n * MINUTE_MS;
const hole = (from: number, to: number) => ({ from: minute(from), to: minute(to), count: to - from + 1 });

function broken(change: (series: ReturnType<typeof toCandles>) => unknown[], verified = true): BrokenSeries {
  const columns = columnsOf(change(toCandles(candles(100))) as never);
  const findings = checkSeries(columns, { interval: '1m' });
  return {
    symbol: 'BTCUSDT',
    interval: '1m',
    columns,
    findings,
    verified,
    ...(verified && { sideCar: SIDE_CAR }),
  };
}

describe('planRepair', () => {
  it('leaves a whole file alone', () => {
    expect(
      planRepair(
        broken((rows) => rows),
        LIMITS,
      ),
    ).toEqual({ kind: 'nothing' });
  });

  it('adopts a whole file that nobody vouches for', () => {
    const series = { ...broken((rows) => rows, false), findings: [warning('NO_CHECKSUM', '')] };
    expect(planRepair(series, LIMITS)).toMatchObject({ kind: 'adopt', columns: { length: 100 } });
  });

  it('sets aside what has no name', () => {
    const findings = [error('NAME', 'no name')];
    expect(planRepair({ findings, verified: false }, LIMITS)).toMatchObject({ kind: 'set-aside' });
  });

  it('asks for the holes and nothing else', () => {
    const series = broken((rows) => rows.filter((_, i) => i !== 7 && !(i >= 50 && i < 60)));
    expect(planRepair(series, LIMITS)).toMatchObject({
      kind: 'fetch',
      keep: { length: 89 },
      holes: [hole(7, 7), hole(50, 59)],
      quarantine: false,
    });
  });

  it('asks for holes in a file without side-car just so', () => {
    const series = broken((rows) => rows.filter((_, i) => i !== 7), false);
    expect(planRepair(series, LIMITS)).toMatchObject({
      kind: 'fetch',
      holes: [hole(7, 7)],
      quarantine: false,
    });
  });

  it('does not ask again for what the exchange does not have', () => {
    const series = broken((rows) => rows.filter((_, i) => i !== 7 && i !== 20));
    const sideCar = { ...SIDE_CAR, knownHoles: [hole(7, 7)] };
    expect(planRepair({ ...series, sideCar }, LIMITS)).toMatchObject({ holes: [hole(20, 20)] });
  });

  it('re-fetches the wrong candles of a file that is as it was written, and keeps the others', () => {
    const series = broken((rows) =>
      rows.map((row, i) => (i === 30 ? { ...row, high: -1 } : i === 40 ? { ...row, close: NaN } : row)),
    );
    expect(planRepair(series, LIMITS)).toMatchObject({
      keep: { length: 98 },
      holes: [hole(30, 30), hole(40, 40)],
      quarantine: true,
    });
  });

  it('keeps one of two equal candles, and neither of two different ones', () => {
    const series = broken((rows) => [
      ...rows.slice(0, 11),
      rows[10]!,
      ...rows.slice(11, 21),
      { ...rows[20]!, volume: 1 },
      ...rows.slice(21),
    ]);
    expect(planRepair(series, LIMITS)).toMatchObject({ keep: { length: 99 }, holes: [hole(20, 20)] });
  });

  it('drops a candle written while it formed, and asks for it only once it is closed', () => {
    const sideCar = { ...SIDE_CAR, writtenAt: minute(99) + 30_000 };
    const series = { ...broken((rows) => rows), sideCar, findings: [error('FORMING', '')] };
    const early = planRepair(series, { ...LIMITS, now: minute(99) + 40_000 });
    expect(early).toMatchObject({ keep: { length: 99 }, holes: [] });
    expect(planRepair(series, LIMITS)).toMatchObject({ keep: { length: 99 }, holes: [hole(99, 99)] });
  });

  it('fetches the window as before when the bytes are not those that were written', () => {
    const series = { ...broken((rows) => rows), findings: [error('CHECKSUM', '')], verified: false };
    expect(planRepair({ ...series, sideCar: SIDE_CAR }, LIMITS)).toMatchObject({
      keep: { length: 0 },
      holes: [hole(0, 99)],
      quarantine: true,
    });
  });

  it('fetches the wanted window when nothing is known', () => {
    const series = {
      symbol: 'A',
      interval: '1m' as const,
      findings: [error('UNREADABLE', '')],
      verified: false,
    };
    expect(planRepair(series, LIMITS)).toMatchObject({ holes: [hole(1000, 1999)] });
  });

  it('trusts no row of an unvouched file in which any is wrong', () => {
    const series = broken((rows) => rows.map((row, i) => (i === 30 ? { ...row, high: -1 } : row)), false);
    expect(planRepair(series, LIMITS)).toMatchObject({ keep: { length: 0 }, holes: [hole(0, 99)] });
  });

  it('never asks for more than a file keeps', () => {
    const series = broken(
      (rows) => rows.map((row, i) => (i === 0 ? { ...row, openTime: 60_000 } : row)),
      false,
    );
    const plan = planRepair(series, { ...LIMITS, mostRows: 500 });
    expect(plan).toMatchObject({ keep: { length: 99 }, holes: [{ count: 401 }] });
  });
});
