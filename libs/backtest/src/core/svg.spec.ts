import { columnsOf } from '@slt/domain';
import { barChart, calibrationChart, escapeText, lineChart } from './svg';
import { tradeChart } from './trade-chart';

describe('charts', () => {
  it('let no text become markup', () => {
    expect(escapeText(`<a href="x" on='y'>&`)).toBe('&#60;a href=&#34;x&#34; on=&#39;y&#39;&#62;&#38;');
    const drawn = barChart('<script>', [{ label: '"><b>', value: 1, tone: 'good' }]);
    expect(drawn).not.toMatch(/<script|<b>/);
  });

  it('hold no number that is none, however little there is to draw', () => {
    const write = String;
    const charts = [
      lineChart({ label: 'a', points: [], write, kind: 'area' }),
      lineChart({ label: 'a', points: [{ x: 5, y: 5 }], write, kind: 'line' }),
      barChart('a', []),
      barChart('a', [{ label: '0', value: 0, tone: 'plain' }]),
      calibrationChart([]),
      calibrationChart([{ confidence: 1, winRate: 0, count: 3 }]),
      tradeChart({
        label: 'a',
        candles: columnsOf([{ openTime: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 }]),
        intervalMs: 60_000,
        entryTime: 0,
        exitTime: 0,
        entryPrice: 1,
        exitPrice: 1,
        stop: NaN,
        target: NaN,
        isGain: false,
      }),
    ];
    for (const chart of charts) expect(chart).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('step from one value to the next', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ];
    // x from 70 to 748, y from 208 up to 12
    expect(lineChart({ label: 'a', points, write: String, kind: 'line' })).toContain(
      'd="M70 208L748 208L748 12"',
    );
  });
});
