/** Equal highs and lows; the liquidity beyond a level, swept or run. */
import { Chart, COLOURS, optionText, round } from './chart.mjs';
import { candlesFrom, claim, OFF, run } from './engine.mjs';

const colourOf = (side) => (side === 'high' ? COLOURS.bearish : COLOURS.bullish);

const EQUAL_OPTIONS = {
  swingSize: OFF,
  internalSize: OFF,
  equalSize: 3,
  equalThreshold: 0.1,
  atrLength: 5,
};
/** Twice up to 105, twice down to 100. */
const EQUAL_CLOSES = [
  101.4,
  102.8,
  103.9,
  [104.6, 0.4],
  103.7,
  102.6,
  [101.5, 0.3, 0.5],
  102.4,
  103.5,
  [104.5, 0.55],
  103.2,
  101.8,
  101,
  [100.2, 0.3, 0.5],
  101.2,
  102.3,
  [103.1, 0.5],
  102,
  101.1,
  [100.3, 0.3, 0.52],
  101.3,
  102.2,
  103,
];

export function drawEqualLevels(SmcEngine) {
  const candles = candlesFrom(100.4, EQUAL_CLOSES);
  const { events, views } = run(SmcEngine, candles, EQUAL_OPTIONS);
  const pairs = events.filter(({ kind }) => kind === 'equal-level');
  claim(
    'equal levels',
    'the pairs',
    pairs.map(({ side }) => side),
    ['high', 'low'],
  );
  const chart = new Chart({
    title: 'Equal highs (EQH) and equal lows (EQL)',
    caption: `${optionText(EQUAL_OPTIONS, OFF)}. The line joins the two pivots; the second proves the pair.`,
    candles,
    room: 4,
  });
  for (const { side, level, previousLevel, at, previousAt, knownAt } of pairs) {
    const name = side === 'high' ? 'EQH' : 'EQL';
    const colour = colourOf(side);
    chart.line(chart.x(previousAt), chart.y(previousLevel), chart.x(at), chart.y(level), {
      colour,
      width: 1.8,
    });
    chart.label((previousAt + at) / 2, level, name, { side, colour });
    chart.proof(at, knownAt, level, colour);
    chart.known(knownAt, level, `${name}: ${round(Math.abs(level - previousLevel))} apart`, colour);
    const allowed = EQUAL_OPTIONS.equalThreshold * views[knownAt].atr;
    chart.text(chart.x(knownAt) + 8, chart.y(level) + 4, `0.1 × ATR = ${round(allowed)}`, {
      anchor: 'start',
      size: 10.5,
      colour: COLOURS.faint,
    });
  }
  return chart.svg(
    `${pairs.map(({ side, level, previousLevel, at, previousAt, knownAt }) => `Equal ${side}s ${round(previousLevel)} of candle ${previousAt} and ${round(level)} of candle ${at}, known at ${knownAt}`).join('; ')}.`,
  );
}

const POOL_OPTIONS = { swingSize: 3, internalSize: OFF };
/** A high that a wick exceeds; a low that is exceeded likewise; a higher high that a close exceeds. */
const POOL_CLOSES = [
  [100.6, 0.3, 1.8],
  101.8,
  102.9,
  [103.9, 0.5],
  102.9,
  102.1,
  [101.3, 0.3, 0.6],
  102.2,
  103.1,
  [103.6, 1.4],
  102.8,
  101.9,
  [101.4, 0.2, 1.3],
  102.3,
  103.3,
  104.2,
  [106.1, 0.3],
  106.9,
];

export function drawLiquidity(SmcEngine) {
  const candles = candlesFrom(100, POOL_CLOSES);
  const { events } = run(SmcEngine, candles, POOL_OPTIONS);
  const pools = events.filter(({ kind }) => kind === 'liquidity');
  const lives = pools
    .filter(({ state }) => state === 'active')
    .map((born) => ({ born, end: pools.find(({ id, state }) => id === born.id && state !== 'active') }));
  const ended = lives.filter(({ end }) => end !== undefined);
  claim(
    'liquidity',
    'the ends',
    ended.map(({ end }) => `${end.side} ${end.state}`),
    ['high swept', 'low swept', 'high run'],
  );
  const chart = new Chart({
    title: 'Liquidity: swept by a wick, or run by a close',
    caption: `${optionText(POOL_OPTIONS, OFF)}. Dotted until the pivot is known, then a pool until something reaches it.`,
    candles,
  });
  for (const { born, end } of lives) {
    const { side, level, at, knownAt } = born;
    const colour = colourOf(side);
    const last = end?.knownAt ?? candles.length - 1;
    chart.proof(at, knownAt, level, colour);
    chart.level(knownAt, last, level, { colour, width: 1.8 });
    if (end === undefined) continue;
    const stateColour = end.state === 'run' ? COLOURS.violet : COLOURS.orange;
    const { high, low } = candles[end.knownAt];
    chart.label(end.knownAt, side === 'high' ? high : low, end.state, { side, colour: stateColour });
    chart.known(end.knownAt, level, `${side} ${end.state}`, stateColour);
  }
  return chart.svg(
    `${ended.map(({ born, end }) => `The pool at the ${born.side} ${round(born.level)} of candle ${born.at}, a pool from ${born.knownAt}, is ${end.state} at ${end.knownAt}`).join('; ')}.`,
  );
}
