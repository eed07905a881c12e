/** Which run kills the trader where, under which fault: from a seed, so that each can be repeated alone. */
import { ORDER_STEPS, type OrderStep } from '@slt/trading';
import { Chance } from '../../support/chance';
import type { CrashOrders } from './chaos-orders';
import { FAULT_NAMES, type FaultName } from './order-faults';

/** `any`: at no step, but at some instant. */
export const CRASH_STEPS = [...ORDER_STEPS, 'any'] as const;
export type CrashStep = (typeof CRASH_STEPS)[number];

export interface CrashCase {
  /** Of this run alone: the same one repeats it. */
  readonly seed: number;
  readonly step: CrashStep;
  readonly fault: FaultName;
  /** Of the events that the fault may hit. */
  readonly probability: number;
  readonly crash: NonNullable<CrashOrders['crash']> | { readonly step: 'any'; readonly afterMs: number };
  /** The second life is cut short as well. */
  readonly second?: NonNullable<CrashOrders['crash']>;
  /** How long the fault lasts after the restart; wall time. */
  readonly faultAfterMs: number;
  /** All positions are closed before it is looked whether all adds up. */
  readonly isFlattened: boolean;
}

export interface Selection {
  readonly steps: readonly CrashStep[];
  readonly faults: readonly FaultName[];
}

export const EVERYTHING: Selection = { steps: CRASH_STEPS, faults: FAULT_NAMES };

/** Every pair of step and fault before any comes again. */
export function planRuns(runs: number, seed: number, { steps, faults }: Selection = EVERYTHING): CrashCase[] {
  const chance = Chance.of(seed);
  const cases: CrashCase[] = [];
  while (cases.length < runs) {
    const pairs = steps.flatMap((step) => faults.map((fault) => ({ step, fault })));
    for (const { step, fault } of chance.shuffle(pairs)) {
      cases.push(planRun(chance.between(1, 2 ** 31 - 1), step, fault));
    }
  }
  return cases.slice(0, runs);
}

export function planRun(seed: number, step: CrashStep, fault: FaultName): CrashCase {
  const chance = Chance.of(seed);
  return {
    ...{ seed, step, fault },
    probability: [0.3, 0.6, 1][chance.between(0, 2)]!,
    crash:
      step === 'any'
        ? { step, afterMs: chance.between(0, 2_500) }
        : { step, occurrence: chance.between(1, 8), afterMs: laterOf(chance) },
    ...(chance.next() < 0.25 ? { second: secondOf(chance) } : {}),
    faultAfterMs: chance.between(0, 1_500),
    isFlattened: chance.next() < 0.5,
  };
}

function secondOf(chance: Chance): NonNullable<CrashCase['second']> {
  const step: OrderStep = ORDER_STEPS[chance.between(0, ORDER_STEPS.length - 1)]!;
  return { step, occurrence: chance.between(1, 4), afterMs: laterOf(chance) };
}

/** Half of them at once: what was under way then had no time to arrive. */
function laterOf(chance: Chance): number {
  return chance.next() < 0.5 ? 0 : chance.between(1, 40);
}
