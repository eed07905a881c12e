/** What came of many runs: figures, and what is needed to see each failure again. */
import type { CrashCase } from './crash-plan';
import type { CrashOutcome } from './crash-run';

export interface CrashFailure {
  /** `npm run chaos -- ${again}` */
  readonly again: string;
  readonly seed: number;
  readonly step: string;
  readonly fault: string;
  readonly flaws: readonly string[];
  readonly log?: string;
}

export interface CrashReport {
  readonly runs: number;
  readonly failed: number;
  /** Of the runs, how many died where they were told to. */
  readonly reached: number;
  readonly orders: number;
  readonly fills: number;
  readonly faultHits: number;
  /** How often each step was come by, over all runs. */
  readonly steps: Readonly<Record<string, number>>;
  /** By the first word of what is wrong. */
  readonly failuresByClass: Readonly<Record<string, number>>;
  readonly failuresByFault: Readonly<Record<string, number>>;
  readonly failuresByStep: Readonly<Record<string, number>>;
  readonly wallMs: number;
  readonly failures: readonly CrashFailure[];
}

export interface CrashResult {
  readonly plan: CrashCase;
  readonly outcome: CrashOutcome;
}

export function reportOf(results: readonly CrashResult[], wallMs: number): CrashReport {
  const failed = results.filter(({ outcome }) => outcome.flaws.length > 0);
  const sum = (of: (outcome: CrashOutcome) => number): number =>
    results.reduce((all, { outcome }) => all + of(outcome), 0);
  const steps: Record<string, number> = {};
  for (const { outcome } of results) {
    for (const [step, times] of Object.entries(outcome.steps)) steps[step] = (steps[step] ?? 0) + times;
  }
  return {
    runs: results.length,
    failed: failed.length,
    reached: sum(({ isReached }) => Number(isReached)),
    orders: sum(({ orders }) => orders),
    fills: sum(({ fills }) => fills),
    faultHits: sum(({ faultHits }) => faultHits),
    steps,
    failuresByClass: countBy(failed.flatMap(({ outcome }) => classesOf(outcome))),
    failuresByFault: countBy(failed.map(({ plan }) => plan.fault)),
    failuresByStep: countBy(failed.map(({ plan }) => plan.step)),
    wallMs: Math.round(wallMs),
    failures: failed.map(failureOf),
  };
}

export function againOf({ seed, step, fault }: CrashCase): string {
  return `--run-seed ${seed} --steps ${step} --faults ${fault}`;
}

function failureOf({ plan, outcome }: CrashResult): CrashFailure {
  const { seed, step, fault } = plan;
  const { flaws, log } = outcome;
  return { again: againOf(plan), seed, step, fault, flaws, ...(log === undefined ? {} : { log }) };
}

const classesOf = ({ flaws }: CrashOutcome): string[] => [
  ...new Set(flaws.map((flaw) => flaw.split(':')[0]!)),
];

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
