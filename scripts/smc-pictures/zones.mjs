/** The lives of an order block and of a fair value gap: a zone whose colour is its state. */
import { Chart, COLOURS, optionText, round } from './chart.mjs';
import { candlesFrom, claim, OFF, run } from './engine.mjs';

/** The last state has no zone: the life is over. */
const BLOCK_COLOURS = {
  active: COLOURS.bullish,
  touched: COLOURS.blue,
  mitigated: COLOURS.orange,
  breaker: COLOURS.bearish,
  spent: COLOURS.grey,
};
const GAP_COLOURS = {
  open: COLOURS.bullish,
  touched: COLOURS.blue,
  half: COLOURS.violet,
  filled: COLOURS.orange,
  inverse: COLOURS.bearish,
};

/** A zone from its candle on, in the colour of each state from the candle that proved it; a tick for each. */
function drawLife(chart, life, colours, lastCandle) {
  const [{ at, top, bottom, knownAt: born }] = life;
  chart.zone({ from: at, to: born - 1, top, bottom, colour: COLOURS.grey, opacity: 0.12 });
  life.forEach(({ state, knownAt }, i) => {
    const to = (life[i + 1]?.knownAt ?? lastCandle + 1) - 1;
    const isOver = state === 'spent' || state === 'inverse';
    const colour = colours[state];
    if (!isOver) chart.zone({ from: knownAt, to, top, bottom, colour, opacity: 0.24 });
    chart.known(knownAt, bottom, state, colour);
  });
}

const describe = (life) => life.map(({ state, knownAt }) => `${state}, known at ${knownAt}`).join('; ');

const BLOCK_OPTIONS = { swingSize: 3, internalSize: OFF };
/** A high at 103, a low at 100, the break; back into the block, through it, below it, and above it again. */
const BLOCK_CLOSES = [
  [101, 0.3, 0.5],
  102,
  [103.2, 0.5],
  102.4,
  [101.9, 0.3],
  [101.1, 0.2, 0.6],
  102.3,
  [104.4, 0.3, 0.05],
  105.3,
  [105.9, 0.5],
  104.9,
  103.6,
  [102.9, 0.2, 1.1],
  103.9,
  [104.3, 0.5],
  103.2,
  [101.3, 0.3, 1.2],
  [101.9, 0.4],
  [102.2, 0.5],
  101.5,
  [100.1, 0.3],
  99.4,
  [98.8, 0.3, 0.6],
  99.9,
  [100.6, 0.6],
  [99.9, 0.3],
  101.4,
  [102.9, 0.3],
  103.4,
];

export function drawOrderBlock(SmcEngine) {
  const candles = candlesFrom(100.6, BLOCK_CLOSES);
  const { events } = run(SmcEngine, candles, BLOCK_OPTIONS);
  const first = events.find(({ kind }) => kind === 'order-block');
  const life = events.filter(({ id }) => id !== undefined && id === first?.id);
  const said = life.map(({ state }) => state);
  claim('order block', 'the states', said, ['active', 'touched', 'mitigated', 'breaker', 'spent']);
  const breaking = events.find((each) => each.kind === 'bos' && each.knownAt === first.knownAt);
  claim('order block', 'the break', [breaking?.direction], ['bullish']);
  const chart = new Chart({
    title: 'The life of a bullish order block',
    caption: `${optionText(BLOCK_OPTIONS, OFF)}, mitigation wick. Grey: the block's candle, before the break made it a block.`,
    candles,
  });
  chart.level(breaking.at, breaking.knownAt, breaking.level, { colour: COLOURS.ink, width: 1.6 });
  chart.label((breaking.at + breaking.knownAt) / 2, breaking.level, 'BOS', {});
  drawLife(chart, life, BLOCK_COLOURS, candles.length - 1);
  return chart.svg(
    `Zone ${round(first.bottom)} to ${round(first.top)} of candle ${first.at}, made by a bullish break. ${describe(life)}.`,
  );
}

const GAP_OPTIONS = { swingSize: OFF, internalSize: OFF };
/** A jump that leaves a hole between two wicks; back into it by and by, through it, and a close below it. */
const GAP_CLOSES = [
  100.6,
  [100.2, 0.5],
  [101, 0.3],
  [104.4, 0.3, 0.2],
  [105.2, 0.4, 0.4],
  105.7,
  [105, 0.4],
  [104.6, 0.3, 0.9],
  105.3,
  105.6,
  [104.3, 0.3],
  [103.9, 0.3, 1.3],
  104.4,
  104.7,
  [103.4, 0.3],
  [102.4, 0.2, 1.5],
  103,
  103.2,
  [102.3, 0.3, 0.2],
  [100.5, 0.3],
  99.9,
  [100.5, 0.5],
  [99.7, 0.3],
];

export function drawFairValueGap(SmcEngine) {
  const candles = candlesFrom(100, GAP_CLOSES);
  const { events } = run(SmcEngine, candles, GAP_OPTIONS);
  const first = events.find(({ kind }) => kind === 'fair-value-gap');
  const life = events.filter(({ id }) => id !== undefined && id === first?.id);
  const said = life.map(({ state }) => state);
  claim('gap', 'the states', said, ['open', 'touched', 'half', 'filled', 'inverse']);
  const chart = new Chart({
    title: 'The life of a bullish fair value gap',
    caption:
      'gapFilter 0. The zone lies between the wicks of the candles beside the jump; dashed: its middle.',
    candles,
  });
  const { at, top, bottom } = first;
  chart.level(at, life.at(-1).knownAt - 0.5, (top + bottom) / 2, {
    colour: COLOURS.faint,
    width: 1,
    dash: '4 3',
    layer: chart.behind,
  });
  drawLife(chart, life, GAP_COLOURS, candles.length - 1);
  return chart.svg(
    `Zone ${round(bottom)} to ${round(top)} around candle ${at}, which jumped up. ${describe(life)}.`,
  );
}
