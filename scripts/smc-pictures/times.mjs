/** Levels of completed days; the sessions of one day. */
import { Chart, COLOURS, round } from './chart.mjs';
import { candlesFrom, claim, OFF, run } from './engine.mjs';

const HOUR_MS = 3_600_000;
const QUIET = { swingSize: OFF, internalSize: OFF };

/** Tuesday, Wednesday, Thursday: twelve candles of two hours each. */
const PERIOD_OPTIONS = { ...QUIET, intervalMs: 2 * HOUR_MS };
const PERIOD_CLOSES = [
  [100.8, 0.4],
  [101.6, 0.5],
  102.4,
  103.3,
  [104.2, 0.6],
  103.4,
  102.3,
  101.4,
  [100.5, 0.3, 0.7],
  101.3,
  102,
  [102.6, 0.5],
  101.8,
  102.7,
  103.8,
  [104.3, 1.3],
  103.1,
  102,
  101.2,
  [100.9, 0.3],
  101.7,
  102.9,
  103.5,
  [103.1, 0.4],
  103.9,
  104.6,
  [106.2, 0.4],
  106.7,
  105.9,
  105.2,
  104.1,
  103.4,
  102.2,
  101.5,
];

export function drawPeriods(SmcEngine) {
  const timing = { start: Date.UTC(2025, 0, 14), intervalMs: PERIOD_OPTIONS.intervalMs };
  const candles = candlesFrom(100, PERIOD_CLOSES, timing);
  const { events } = run(SmcEngine, candles, PERIOD_OPTIONS);
  const levels = events.filter(({ kind, period }) => kind === 'period-level' && period === 'day');
  claim(
    'periods',
    'the levels',
    levels.map(({ side, knownAt }) => `${side} at ${knownAt}`),
    ['high at 11', 'low at 11', 'high at 23', 'low at 23'],
  );
  const ends = events.filter(({ source, state }) => source === 'day' && state !== 'active');
  claim(
    'periods',
    'the pools reached',
    ends.map(({ side, state }) => `${side} ${state}`),
    ['high swept', 'high run'],
  );
  const chart = new Chart({
    title: 'Previous day high (PDH) and low (PDL)',
    caption:
      'Candles of 2 h from 00:00 UTC. Dotted until the day is over, then a pool of liquidity until it is reached.',
    candles,
  });
  for (const knownAt of new Set(levels.map((each) => each.knownAt))) {
    const x = chart.x(knownAt + 0.5);
    chart.line(x, 34, x, chart.plotBottom, { colour: COLOURS.line, width: 1.5, layer: chart.behind });
  }
  for (const { side, level, at, knownAt } of levels) {
    const end = ends.find((each) => each.level === level && each.side === side);
    const colour = side === 'high' ? COLOURS.bearish : COLOURS.bullish;
    const name = side === 'high' ? 'PDH' : 'PDL';
    chart.proof(at, knownAt, level, colour);
    chart.level(knownAt, end?.knownAt ?? candles.length - 1, level, { colour, width: 1.8 });
    chart.label(knownAt + 1.5, level, name, { side, colour });
    if (side === 'high') chart.known(knownAt, level, 'PDH, PDL', COLOURS.ink);
    if (end !== undefined) chart.known(end.knownAt, level, `${name} ${end.state}`, COLOURS.orange);
  }
  return chart.svg(
    `${levels.map(({ side, level, at, knownAt }) => `Day's ${side} ${round(level)} of candle ${at}, known at ${knownAt}`).join('; ')}. ${ends.map(({ side, level, state, knownAt }) => `The ${side} ${round(level)} is ${state} at ${knownAt}`).join('; ')}.`,
  );
}

const SESSION_OPTIONS = { ...QUIET, intervalMs: HOUR_MS / 2 };
/** From 20:00 UTC, when Sydney opens, to 22:00 on the next day, when New York closes: 52 half hours. */
const SESSION_CLOSES = [
  100.3, 100.6, 100.4, 100.9, 101.2, 101, 100.7, 100.9, 101.3, 101.6, 101.3, 100.9, 100.5, 100.1, 99.8, 100.2,
  100.6, 100.3, 100.8, 101, 101.4, 101.2, 100.9, 101.1, 102, 102.9, 103.5, 103.2, 103.9, 104.6, 104.1, 103.5,
  103.1, 103.4, 102.8, 103.3, 104.4, 105.6, 106.5, 105.7, 104.8, 105.2, 105.9, 105.3, 104.6, 104.1, 103.7,
  104, 103.6, 103.2, 103.4, 103.3,
];
const NAMES = {
  sydney: ['Sydney', COLOURS.blue],
  tokyo: ['Tokyo', COLOURS.violet],
  london: ['London', COLOURS.bullish],
  'new-york': ['New York', COLOURS.bearish],
  'asian-kill-zone': ['Asian kill zone', COLOURS.violet],
  'london-kill-zone': ['London kill zone', COLOURS.bullish],
  'new-york-kill-zone': ['New York kill zone', COLOURS.bearish],
};
const ROW_HEIGHT = 15;

export function drawSessions(SmcEngine) {
  const timing = { start: Date.UTC(2025, 0, 14, 20), intervalMs: SESSION_OPTIONS.intervalMs };
  const candles = candlesFrom(100, SESSION_CLOSES, timing);
  const { events } = run(SmcEngine, candles, SESSION_OPTIONS);
  const closed = events.filter(({ kind, state }) => kind === 'session' && state === 'closed');
  claim(
    'sessions',
    'the closed ones',
    closed.map(({ session }) => session).sort(),
    Object.keys(NAMES).sort(),
  );
  const chart = new Chart({
    title: 'Sessions and kill zones of one day',
    caption: 'Candles of 30 min, from 14 January 2025, 20:00 UTC. A box is final where its bar ends.',
    candles,
    extraHeight: Object.keys(NAMES).length * ROW_HEIGHT - 12,
  });
  Object.entries(NAMES).forEach(([session, [name, colour]], row) => {
    const { at, knownAt, high, low } = closed.find((each) => each.session === session);
    const isKillZone = session.endsWith('kill-zone');
    chart.zone({
      from: at,
      to: knownAt,
      top: high,
      bottom: low,
      colour,
      opacity: isKillZone ? 0.16 : 0.05,
    });
    const y = chart.plotBottom + 22 + row * ROW_HEIGHT;
    const x = chart.x(at - 0.5);
    const end = chart.x(knownAt + 0.5);
    chart.behind.push(
      `<rect x="${round(x)}" y="${round(y)}" width="${round(end - x)}" height="10" rx="2" fill="${colour}" fill-opacity="${isKillZone ? 0.75 : 0.3}" stroke="${colour}"/>`,
    );
    const hours = `${utc(candles[at].openTime)}–${utc(candles[knownAt].openTime + SESSION_OPTIONS.intervalMs)}`;
    const words = `${name} ${hours}, ${round(low)} to ${round(high)}`;
    chart.beside(x, end, y + 9, words, { size: 10.5, colour });
  });
  return chart.svg(
    `${closed.map(({ session, at, knownAt, high, low }) => `${session} from candle ${at} to ${knownAt}: low ${round(low)}, high ${round(high)}`).join('; ')}.`,
  );
}

/** Hours and minutes, without asking the machine for a locale. */
function utc(time) {
  return new Date(time).toISOString().slice(11, 16);
}
