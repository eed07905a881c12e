/** The bars of the learning proof, and what the seeds' figures make of them: docs/learning-proof.md. */
import { createRequire } from 'node:module';
import { median } from './support/statistics.mjs';

const { calibrationOf, FOUND_AFTER, STOPPED_AFTER } = createRequire(import.meta.url)(
  '../dist/libs/backtest/src/testing/worlds/index.js',
);

const BARS = { nullTraded: 0.01, nullLoss: 0.01, profit: 0.8, othersTraded: 0.01, ece: 0.03 };

/** Which runs a scenario is measured by. */
export const RUNS = { null: 'null', planted: 'planted', flip: 'flip', calibration: 'planted' };

export const ROWS = { null: nullRows, planted: plantedRows, flip: flipRows, calibration: calibrationRows };

function nullRows(runs) {
  const share = sum(runs, 'learnedTraded') / sum(runs, 'learned');
  const growth = sum(runs, 'growth') / runs.length;
  const losses = runs.map((run) => -run.growth);
  return [
    row('null market: signals traded after learning', share, `≤ ${percent(BARS.nullTraded)}`, {
      text: percent(share),
      isMet: share <= BARS.nullTraded,
      detail: `${sum(runs, 'learnedTraded')} of ${sum(runs, 'learned')}; seeds with any: ${runs.filter((run) => run.learnedTraded > 0).length} of ${runs.length}`,
    }),
    row('null market: mean loss of equity', -growth, `≤ ${percent(BARS.nullLoss)}`, {
      text: percent(-growth),
      isMet: -growth <= BARS.nullLoss,
      detail: `exploration included; worst seed ${percent(Math.max(...losses))}, best ${percent(Math.min(...losses))}`,
    }),
  ];
}

function plantedRows(runs) {
  const others = sum(runs, 'othersTraded') / sum(runs, 'others');
  const profit = profitOf(runs, 'profit');
  const early = profitOf(runs, 'profitWhileLearning');
  const firstTrades = runs.map(({ firstTrade }) => firstTrade ?? Infinity);
  return [
    row(
      `planted edge: profit after ${FOUND_AFTER} signals, of the oracle's`,
      profit.share,
      `≥ ${percent(BARS.profit)}`,
      { text: percent(profit.share), isMet: profit.share >= BARS.profit, detail: profit.detail },
    ),
    // What finding out costs; nobody can be asked to know before.
    row(`planted edge: profit over the first ${FOUND_AFTER} signals, of the oracle's`, early.share, '–', {
      text: percent(early.share),
      isMet: null,
      detail: `${early.detail}; first learned trade after ${median(firstTrades)} signals (median)`,
    }),
    row(
      'planted edge: signals of other set-ups traded after learning',
      others,
      `≤ ${percent(BARS.othersTraded)}`,
      {
        text: percent(others),
        isMet: others <= BARS.othersTraded,
        detail: `${sum(runs, 'othersTraded')} of ${sum(runs, 'others')}`,
      },
    ),
  ];
}

function profitOf(runs, name) {
  const total = (who) => runs.reduce((all, run) => all + run[name][who], 0);
  const shares = runs.map((run) => run[name].learner / run[name].oracle);
  return {
    share: total('learner') / total('oracle'),
    detail: `worst seed ${percent(Math.min(...shares))}, median ${percent(median(shares))}`,
  };
}

function flipRows(runs) {
  const stops = runs.map(({ stoppedAfter }) => stoppedAfter);
  const worst = Math.max(...stops);
  const found = runs.filter(({ tradedJustBefore }) => tradedJustBefore > 0).length;
  return [
    row('flip: signals until it stops for good', worst, `≤ ${STOPPED_AFTER}`, {
      text: `${worst} (worst)`,
      isMet: worst <= STOPPED_AFTER && found === runs.length,
      detail: `median ${median(stops)}; traded after the turn ${sum(runs, 'tradedAfter')} of ${sum(runs, 'signalsAfter')}, later than ${STOPPED_AFTER} signals ${sum(runs, 'tradedLate')}; had found the edge before: ${found} of ${runs.length} seeds`,
    }),
  ];
}

function calibrationRows(runs) {
  const figures = calibrationOf(runs.flatMap(({ said }) => said));
  const each = runs.map(({ said }) => calibrationOf(said).ece ?? NaN);
  const count = sum(figures.bins, 'count');
  return [
    row('calibration: expected calibration error, held out', figures.ece, `≤ ${BARS.ece}`, {
      text: figures.ece === null ? '–' : figures.ece.toFixed(4),
      isMet: figures.ece !== null && figures.ece <= BARS.ece,
      detail: `${count} signals, each probability said before its outcome; by seed: median ${median(each).toFixed(4)}, worst ${Math.max(...each).toFixed(4)}; Brier ${figures.brier?.toFixed(4)}, log loss ${figures.logLoss?.toFixed(4)}`,
    }),
  ];
}

/**
 * @param value what is compared, null where there is nothing to compare; the text is for people
 * @param given isMet: null where there is no bar
 */
function row(what, value, bar, { text, isMet, detail }) {
  return { what, value: Number.isFinite(value) ? value : null, figure: text, bar, met: isMet, detail };
}

/** Of a run, without what only the calibration needs. */
export function summaryOf({ said, ...figures }) {
  return said === undefined ? figures : { ...figures, ece: calibrationOf(said).ece };
}

const sum = (list, name) => list.reduce((total, each) => total + each[name], 0);
const percent = (share) => (Number.isFinite(share) ? `${(share * 100).toFixed(2)} %` : '–');
