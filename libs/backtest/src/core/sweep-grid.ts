/** The combinations of a parameter sweep: every value of each key with every value of the others. */
import { AppError } from '@slt/domain';

/** One combination: values by key, in the order in which the keys were given. */
export type SweepPoint = Readonly<Record<string, number>>;

/** Fields that may be swept, by section; the keys of a sweep are `section.field`. */
export type Sweepable = Readonly<Record<string, readonly string[]>>;

export const MOST_POINTS = 10_000;

/**
 * @param texts `key=a,b,c`, each key once
 * @throws AppError invalid, `SWEEP.GRID`, with every problem
 */
export function gridOf(texts: readonly string[], sweepable: Sweepable): readonly SweepPoint[] {
  const problems: string[] = [];
  const axes = new Map<string, readonly number[]>();
  for (const text of texts) {
    const [key = '', list = ''] = split(text);
    if (!isKnown(key, sweepable)) problems.push(`"${key}" cannot be swept; ${known(sweepable)}`);
    else if (axes.has(key)) problems.push(`"${key}" is swept twice`);
    const values = list.split(',').map((value) => numberIn(value));
    const wrong = values.findIndex((value) => Number.isNaN(value));
    if (wrong >= 0) problems.push(`"${list.split(',')[wrong]}" in "${text}" is no number`);
    else if (new Set(values).size < values.length) problems.push(`"${text}" has a value twice`);
    axes.set(key, values);
  }
  const count = [...axes.values()].reduce((product, values) => product * values.length, 1);
  if (count > MOST_POINTS) problems.push(`${count} combinations are more than ${MOST_POINTS}`);
  if (problems.length > 0) throw new AppError('invalid', 'SWEEP.GRID', problems.join('; '));
  let points: SweepPoint[] = [{}];
  for (const [key, values] of axes)
    points = points.flatMap((point) => values.map((value) => ({ ...point, [key]: value })));
  return points;
}

/** Of a point, what is said of one section. */
export function sectionOf(point: SweepPoint, section: string): Readonly<Record<string, number>> {
  const prefix = `${section}.`;
  const entries = Object.entries(point).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(prefix.length), value]));
}

function split(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1)];
}

function isKnown(key: string, sweepable: Sweepable): boolean {
  const at = key.indexOf('.');
  const section = key.slice(0, at);
  return Object.hasOwn(sweepable, section) && sweepable[section]!.includes(key.slice(at + 1));
}

const known = (sweepable: Sweepable): string =>
  `known are ${Object.entries(sweepable)
    .map(([section, fields]) => `${section}.{${fields.join(',')}}`)
    .join(' ')}`;

const numberIn = (text: string): number => (/^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : NaN);
