/** The result as one HTML file that needs nothing else: no script, no font, no picture from elsewhere. */
import { intervalMs } from '@slt/domain';
import type { TradeTotals } from '@slt/trading';
import type { BacktestResult } from '../backtest';
import { barChart, calibrationChart, escapeText, lineChart } from '../core/svg';
import { tradeChart } from '../core/trade-chart';
import type { TestedTrade } from '../outcome';
import { money, number, price, share, table, when } from './cells';
import { learningSection } from './learning-html';
import { REPORT_STYLE } from './report-style';

export function backtestHtml(result: BacktestResult): string {
  const title = `Backtest of ${result.symbols.map(({ symbol }) => symbol).join(', ')}`;
  const sections = [
    header(title, result),
    figures(result),
    curves(result),
    learningSection(result),
    tables(result),
    trades(result),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeText(title)}</title><style>${REPORT_STYLE}</style></head>
<body>${sections.join('\n')}</body></html>
`;
}

function header(title: string, result: BacktestResult): string {
  const { first, last, interval, candles, decisionsHash, symbols } = result;
  const span =
    first === undefined || last === undefined ? 'nothing was traded on' : `${when(first)} to ${when(last)}`;
  const missing = symbols.reduce((sum, each) => sum + each.missing, 0);
  const holes =
    missing === 0
      ? 'no holes'
      : `${missing} candles missing, what follows a hole was taken as the next candle`;
  return `<h1>${escapeText(title)}</h1><p>${escapeText(`${interval}, ${span} (UTC); ${candles} candles, ${holes}`)}</p><p>${escapeText(`decisions ${decisionsHash}`)}</p>`;
}

function figures({ performance, signals, traded, ...result }: BacktestResult): string {
  const calibration = result.learning?.calibration ?? result.calibration;
  const cells: readonly (readonly [string, string])[] = [
    ['net', money(performance.netPnl)],
    ['expectancy', performance.expectancyR === null ? '–' : `${performance.expectancyR.toFixed(3)} R`],
    ['trades', String(performance.trades)],
    ['win rate', share(performance.winRate)],
    ['profit factor', number(performance.profitFactor)],
    ['largest drawdown', `${money(performance.maxDrawdown)} (${share(performance.maxDrawdownShare)})`],
    ['Sharpe, a year', number(performance.sharpe)],
    ['fees', money(performance.fees)],
    ['funding', money(performance.funding)],
    ['signals', `${signals}, of which ${traded} traded`],
    ['Brier score', number(calibration.brier)],
    ['calibration error', number(calibration.ece)],
    ['log loss', number(calibration.logLoss)],
  ];
  const drawn = cells.map(([name, value]) => `<div>${escapeText(name)}<b>${escapeText(value)}</b></div>`);
  return `<div class="figures">${drawn.join('')}</div>`;
}

function curves({ performance, trades: all, first, ...result }: BacktestResult): string {
  const calibration = result.learning?.calibration ?? result.calibration;
  const start = { x: first ?? 0, y: performance.initialEquity };
  const equity = [start, ...performance.equityCurve.map((point) => ({ x: point.at, y: point.equity }))];
  let peak = -Infinity;
  const drawdown = equity.map(({ x, y }) => {
    peak = Math.max(peak, y);
    return { x, y: peak > 0 ? Math.min(0, y / peak - 1) : 0 };
  });
  const bins = calibration.bins.flatMap(({ confidence, winRate, count }) =>
    confidence === null || winRate === null ? [] : [{ confidence, winRate, count }],
  );
  return [
    `<h2>Equity</h2>${lineChart({ label: 'Equity after each trade', points: equity, write: money, kind: 'line' })}`,
    `<h2>Drawdown</h2>${lineChart({ label: 'Drawdown from the peak', points: drawdown, write: share, kind: 'area' })}`,
    `<h2>Results in R</h2>${barChart('Trades by their result in R', rewardBars(all))}`,
    `<h2>Calibration</h2><div class="square">${calibrationChart(bins)}</div>`,
  ].join('');
}

const LOWEST_R = -3;
const HIGHEST_R = 5;

/** Half an R wide; what lies beyond the ends is in them. */
function rewardBars(trades: readonly TestedTrade[]) {
  const counts = new Array<number>(2 * (HIGHEST_R - LOWEST_R)).fill(0);
  for (const { r } of trades) {
    const bin = Math.floor(2 * (Math.min(HIGHEST_R - 0.01, Math.max(LOWEST_R, r)) - LOWEST_R));
    counts[bin]!++;
  }
  return counts.map((value, i) => {
    const from = LOWEST_R + i / 2;
    return { label: String(from), value, tone: from >= 0 ? ('good' as const) : ('bad' as const) };
  });
}

function tables({ performance, symbols, refusals }: BacktestResult): string {
  const reasons = Object.entries(refusals).sort((a, b) => b[1] - a[1]);
  const holed = symbols.map(({ symbol, candles, count, missing, hasFundings }) => [
    symbol,
    String(candles),
    String(count),
    String(missing),
    hasFundings ? 'recorded' : 'default',
  ]);
  return [
    `<h2>Set-ups</h2>${totalsTable('set-up', performance.bySetup)}`,
    `<h2>Symbols</h2>${totalsTable('symbol', performance.bySymbol)}`,
    `<h2>Signals that were not traded</h2>${table(
      ['reason', 'signals'],
      reasons.map(([reason, count]) => [reason, String(count)]),
    )}`,
    `<h2>Candles</h2>${table(['symbol', 'candles', 'holes', 'missing', 'funding'], holed)}`,
  ].join('');
}

function totalsTable(name: string, totals: Readonly<Record<string, TradeTotals>>): string {
  const rows = Object.entries(totals).map(([key, each]) => [
    key,
    String(each.trades),
    share(each.winRate),
    each.expectancyR === null ? '–' : each.expectancyR.toFixed(3),
    number(each.profitFactor),
    money(each.netPnl),
    money(each.fees),
    money(each.funding),
  ]);
  return table([name, 'trades', 'win rate', 'R', 'profit factor', 'net', 'fees', 'funding'], rows);
}

function trades({ trades: all, interval }: BacktestResult): string {
  const rows = all.map((trade) => [
    trade.symbol,
    trade.setup,
    trade.direction,
    when(trade.entryTime),
    price(trade.entryPrice),
    when(trade.exitTime),
    price(trade.exitPrice),
    trade.exitReason,
    trade.confidence.toFixed(3),
    trade.r.toFixed(2),
    money(Number(trade.fees)),
    money(Number(trade.funding)),
    money(Number(trade.netPnl)),
  ]);
  const names = [
    'symbol',
    'set-up',
    'direction',
    'entered',
    'at',
    'left',
    'at',
    'because',
    'confidence',
    'R',
    'fees',
    'funding',
    'net',
  ];
  const drawn = all.filter(({ candles }) => candles !== undefined);
  const charts = drawn.map((trade) => chartOf(trade, interval));
  const note = drawn.length < all.length ? `<p>The first ${drawn.length} of ${all.length} trades.</p>` : '';
  return `<h2>Trades</h2>${table(names, rows)}<h2>Charts</h2>${note}<div class="charts">${charts.join('')}</div>`;
}

function chartOf(trade: TestedTrade, interval: BacktestResult['interval']): string {
  const { symbol, setup, direction, entryTime, exitTime, exitReason, r, stop, target } = trade;
  const label = `${symbol}, ${setup}, ${direction}, ${when(entryTime)}: ${exitReason}, ${r.toFixed(2)} R`;
  const chart = tradeChart({
    label,
    candles: trade.candles!,
    intervalMs: intervalMs(interval),
    entryTime,
    exitTime,
    entryPrice: Number(trade.entryPrice),
    exitPrice: Number(trade.exitPrice),
    stop,
    target,
    isGain: Number(trade.netPnl) > 0,
  });
  return `<figure>${chart}<figcaption>${escapeText(label)}</figcaption></figure>`;
}
