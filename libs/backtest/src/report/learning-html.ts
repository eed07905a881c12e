/** What was learned, as a part of the report: how it went from day to day, what it knows of each set-up, what mattered. */
import type { BacktestResult } from '../backtest';
import { lineChart } from '../core/svg';
import type { LearningDay, LearningFigures } from '../learning/learning-record';
import { number, share, table, when } from './cells';

const MOST_WEIGHTS = 16;
/** Days that one point of the curves is the mean of, so that they can be read. */
const MOST_POINTS = 120;

export function learningSection({ learning }: BacktestResult): string {
  if (learning === undefined) return '';
  return [curvesOf(learning), setupsOf(learning), weightsOf(learning), trainingsOf(learning)].join('');
}

/** A stretch of days as one point; the curves are told by its middle. */
interface Point {
  readonly at: number;
  readonly signals: number;
  readonly approved: number;
  readonly traded: number;
  readonly meanR: number | null;
}

function curvesOf({ days }: LearningFigures): string {
  const size = Math.max(1, Math.ceil(days.length / MOST_POINTS));
  const points: Point[] = [];
  for (let i = 0; i < days.length; i += size) points.push(pointOf(days.slice(i, i + size)));
  if (points.length < 2) return '<h2>Learning</h2><p>Too short for a curve.</p>';
  const approved = points.map(({ at, ...each }) => ({ x: at, y: each.approved / each.signals }));
  const traded = points.map(({ at, ...each }) => ({ x: at, y: each.traded / each.signals }));
  const result = points.flatMap(({ at, meanR }) => (meanR === null ? [] : [{ x: at, y: meanR }]));
  return [
    `<h2>Learning</h2>${lineChart({ label: 'Share of signals that the learner had nothing against', points: approved, write: share, kind: 'line' })}`,
    `<h2>Traded</h2>${lineChart({ label: 'Share of signals that were traded', points: traded, write: share, kind: 'line' })}`,
    result.length < 2
      ? ''
      : `<h2>Results of all signals</h2>${lineChart({ label: 'Mean result in R, traded or not', points: result, write: (r) => r.toFixed(2), kind: 'line' })}`,
  ].join('');
}

function pointOf(days: readonly LearningDay[]): Point {
  const sum = (of: (day: LearningDay) => number): number => days.reduce((total, day) => total + of(day), 0);
  const labelled = sum((day) => day.labelled);
  return {
    at: (days[0]!.from + days.at(-1)!.from) / 2,
    signals: sum((day) => day.signals),
    approved: sum((day) => day.approved),
    traded: sum((day) => day.traded),
    meanR: labelled === 0 ? null : sum((day) => (day.meanR ?? 0) * day.labelled) / labelled,
  };
}

function setupsOf({ status }: LearningFigures): string {
  const rows = status.setups.map(({ setup, outcomes, meanR, lowerBound, mayTrade }) => [
    setup,
    String(outcomes),
    number(meanR),
    number(lowerBound),
    mayTrade ? 'yes' : 'no',
  ]);
  const judge = `<p>${status.outcomes} outcomes learned from; ${status.model} judges; drift: ${status.drift}.</p>`;
  return `<h2>Edge of what was approved</h2>${judge}${table(['set-up', 'outcomes', 'mean R', 'lower bound', 'may trade'], rows)}`;
}

function weightsOf({ weights }: LearningFigures): string {
  const rows = weights.slice(0, MOST_WEIGHTS).map(({ feature, weight }) => [feature, number(weight)]);
  return `<h2>Weights of features</h2><p>Log-odds a standard deviation; of a set-up and the intercept: log-odds.</p>${table(['feature', 'weight'], rows)}`;
}

function trainingsOf({ trainings }: LearningFigures): string {
  const rows = trainings.map(({ at, model, outcome }) => [when(at), model ?? '–', outcome]);
  return `<h2>Trainings</h2>${table(['at', 'model', 'outcome'], rows)}`;
}
