/** Pivots with their labels; breaks of structure and changes of character. */
import { Chart, COLOURS, optionText, round } from './chart.mjs';
import { candlesFrom, claim, OFF, run } from './engine.mjs';

const OPTIONS = { swingSize: 3, internalSize: OFF };
const sideColour = { high: COLOURS.bearish, low: COLOURS.bullish };

/** Up to 106, back to 102, up to 109.5, back to 104, a lower high, a lower low. */
const PIVOT_CLOSES = [
  [100.5, 0.4, 0.9],
  102.2,
  103.8,
  [105.6, 0.6],
  [104.4, 0.5],
  103.6,
  [102.4, 0.4, 0.6],
  103.5,
  105,
  106.4,
  107.6,
  [109, 0.7],
  [107.8, 0.3],
  106.6,
  105.4,
  [104.6, 0.3, 0.7],
  105.3,
  106.4,
  [107.4, 0.6],
  106.3,
  104.9,
  103.2,
  101.8,
  [101.2, 0.3, 0.8],
  102,
  103.3,
  104.4,
];

export function drawPivots(SmcEngine) {
  const candles = candlesFrom(100, PIVOT_CLOSES);
  const pivots = run(SmcEngine, candles, OPTIONS).events.filter(({ kind }) => kind === 'pivot');
  claim(
    'pivots',
    'the labels',
    pivots.map(({ side, label }) => label ?? `first ${side}`),
    ['first low', 'first high', 'HL', 'HH', 'HL', 'LH', 'LL'],
  );
  const chart = new Chart({
    title: 'Pivots: the extreme, and the candle that proves it',
    caption: `${optionText(OPTIONS, OFF)}. Dotted: from the pivot to the third candle after it, where it becomes known.`,
    candles,
  });
  for (const { side, label, level, at, knownAt } of pivots) {
    const colour = sideColour[side];
    chart.label(at, level, label ?? `first ${side}`, { side, colour });
    chart.proof(at, knownAt, level, colour);
    chart.known(knownAt, level, label ?? side, colour);
  }
  return chart.svg(
    `${pivots.map(({ side, label, level, at, knownAt }) => `${label ?? `first ${side}`} ${round(level)} at candle ${at}, known at ${knownAt}`).join('; ')}.`,
  );
}

/** Two legs up, each closing above the high before; then a close below the last low, and below the next. */
const BREAK_CLOSES = [
  [99.4, 0.3, 0.8],
  100.8,
  102,
  [103.2, 0.5],
  102.3,
  101.6,
  [100.9, 0.3, 0.6],
  102.1,
  103.2,
  [104.6, 0.3],
  105.5,
  [106.2, 0.6],
  105.2,
  104.4,
  [103.7, 0.3, 0.6],
  104.6,
  105.8,
  [107.6, 0.3],
  [108.3, 0.6],
  106.9,
  105.4,
  104,
  [102.3, 0.3],
  [101.4, 0.3, 0.7],
  102.4,
  103.2,
  [103.9, 0.6],
  102.8,
  101.6,
  [99.9, 0.3],
  99.2,
];

export function drawBreaks(SmcEngine) {
  const candles = candlesFrom(100, BREAK_CLOSES);
  const { events } = run(SmcEngine, candles, OPTIONS);
  const breaks = events.filter(({ kind }) => kind === 'bos' || kind === 'choch');
  claim(
    'breaks',
    'the breaks',
    breaks.map(({ kind, direction }) => `${kind} ${direction}`),
    ['bos bullish', 'bos bullish', 'choch bearish', 'bos bearish'],
  );
  const chart = new Chart({
    title: 'Break of structure (BOS) and change of character (CHoCH)',
    caption: `${optionText(OPTIONS, OFF)}. Each line runs from the pivot to the candle that closes beyond it.`,
    candles,
  });
  for (const { kind, direction, level, at, knownAt } of breaks) {
    const name = kind === 'bos' ? 'BOS' : 'CHoCH';
    const colour = kind === 'choch' ? COLOURS.violet : COLOURS[direction];
    const side = direction === 'bullish' ? 'high' : 'low';
    chart.level(at, knownAt, level, { colour, width: 1.8 });
    chart.label((at + knownAt) / 2, level, name, { side, colour });
    chart.known(knownAt, level, `${direction} ${name}`, colour);
  }
  return chart.svg(
    `${breaks.map(({ kind, direction, level, at, knownAt }) => `${direction} ${kind} of ${round(level)}, the pivot of candle ${at}, known at ${knownAt}`).join('; ')}.`,
  );
}
