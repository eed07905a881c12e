/**
 * A backtest by grademark on the candles that ours is measured on: one symbol, a break-out with a stop and a target, bar
 * by bar. Prints {"candles": …, "trades": …, "cpuMs": …} on stdout.
 */
import dataForge from 'data-forge';
import { backtest } from 'grademark';
import { batches, SYMBOLS } from '../support/backtest-candles.mjs';

const CANDLES = Number(process.env.CANDLES ?? '50000');
const LOOKBACK = 20;

const bars = [];
for (const { columns } of batches(SYMBOLS[0], CANDLES)) {
  for (let i = 0; i < columns.length; i++) {
    bars.push({
      time: new Date(columns.openTime[i]),
      open: columns.open[i],
      high: columns.high[i],
      low: columns.low[i],
      close: columns.close[i],
      volume: columns.volume[i],
    });
  }
}
// What is known before the bar: grademark has no way to look back itself.
for (let i = 0; i < bars.length; i++) {
  let highest = -Infinity;
  for (let k = Math.max(0, i - LOOKBACK); k < i; k++) highest = Math.max(highest, bars[k].high);
  bars[i].highest = highest;
}
const series = new dataForge.DataFrame(bars).setIndex('time');

const strategy = {
  entryRule: (enter, { bar }) => {
    if (bar.close > bar.highest) enter({ direction: 'long' });
  },
  stopLoss: ({ entryPrice }) => entryPrice * 0.003,
  profitTarget: ({ entryPrice }) => entryPrice * 0.006,
};

const from = process.cpuUsage();
const trades = backtest(strategy, series);
const { user, system } = process.cpuUsage(from);
console.log(JSON.stringify({ candles: bars.length, trades: trades.length, cpuMs: (user + system) / 1_000 }));
