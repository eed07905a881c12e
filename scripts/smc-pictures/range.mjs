/** The dealing range: top and bottom as they move, and what is dear and cheap in it at the last candle. */
import { Chart, COLOURS, optionText, round } from './chart.mjs';
import { candlesFrom, claim, OFF, run } from './engine.mjs';

const OPTIONS = { swingSize: 3, internalSize: OFF };
/** Where the zones begin, as parts of the range; docs/smc.md. */
const PREMIUM = 0.95;
const DISCOUNT = 0.05;
const EQUILIBRIUM = [0.475, 0.525];

/** A high, a low, a long leg up, and back by seven tenths of it. */
const CLOSES = [
  [101, 0.3, 0.5],
  102,
  [103, 0.5],
  101.9,
  100.8,
  [99.8, 0.3, 0.6],
  101.2,
  102.5,
  103.9,
  105,
  106.3,
  [107.4, 0.6],
  106.4,
  105.3,
  104.2,
  103.2,
  [102.1, 0.4],
];

export function drawDealingRange(SmcEngine) {
  const candles = candlesFrom(100.2, CLOSES);
  const { views } = run(SmcEngine, candles, OPTIONS);
  const ranges = views.map(({ dealingRange }) => dealingRange);
  const last = candles.length - 1;
  const range = ranges[last];
  claim('dealing range', 'the leg', [range?.leg], ['up']);
  const { from, to } = range.ote;
  const { close } = candles[last];
  claim('dealing range', 'the close', [close <= from && close >= to], [true]);
  const chart = new Chart({
    title: 'Dealing range: premium, equilibrium, discount, optimal trade entry',
    caption: `${optionText(OPTIONS, OFF)}. Black: top and bottom, candle by candle; zones: as they are at the last one.`,
    candles,
    room: 5,
  });
  steps(chart, ranges);
  const price = (part) => range.bottom.level + part * (range.top.level - range.bottom.level);
  const zones = [
    ['premium', price(PREMIUM), price(1), COLOURS.bearish],
    ['equilibrium', price(EQUILIBRIUM[0]), price(EQUILIBRIUM[1]), COLOURS.blue],
    ['OTE 61.8–78.6 %', to, from, COLOURS.violet],
    ['discount', price(0), price(DISCOUNT), COLOURS.bullish],
  ];
  const start = Math.min(range.top.at, range.bottom.at);
  for (const [name, bottom, top, colour] of zones) {
    chart.zone({ from: start, to: last, top, bottom, colour, opacity: 0.22, edge: false });
    chart.text(chart.x(last + 0.8), chart.y((top + bottom) / 2) + 4, name, {
      anchor: 'start',
      colour,
      bold: true,
    });
  }
  const back = `${round(range.retracementPercent)} % back`;
  chart.known(last, close, `position ${round(range.position)}, ${back}`, COLOURS.ink);
  return chart.svg(
    `At the last candle the range goes from ${round(range.bottom.level)} (candle ${range.bottom.at}) to ${round(range.top.level)} (candle ${range.top.at}); the close ${round(close)} is at ${round(range.position)} of it, ${back}, between the two prices of the optimal trade entry, ${round(from)} and ${round(to)}.`,
  );
}

/** Top and bottom as the view gave them after each candle. */
function steps(chart, ranges) {
  for (const side of ['top', 'bottom']) {
    const points = ranges.flatMap((range, i) =>
      range === null ? [] : [i - 0.5, i + 0.5].map((x) => [chart.x(x), chart.y(range[side].level)]),
    );
    chart.path(points, { colour: COLOURS.ink });
  }
}
