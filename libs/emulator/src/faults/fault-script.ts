/** A script of faults: what is added or removed when, by the exchange's clock. */
import { AppError, type DurationMs, type UtcMs } from '@slt/domain';
import type { Scheduler } from '../scheduler';
import type { FaultRule } from './fault-rule';
import type { Faults } from './faults';
import { parseFaultRule } from './validate-fault';

export type FaultStep = { readonly at: UtcMs } & (
  | { readonly kind: 'add'; readonly rule: FaultRule }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'clear' }
);

const UNITS: Readonly<Record<string, DurationMs>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * @param text JSON: `[{"at":"+30s","add":{…}}, {"at":1789117380000,"remove":"id"}, {"at":"+5m","clear":true}]`
 * @param start the instant that `+30s` counts from
 * @throws AppError invalid, `FAULT.SCRIPT`, naming every problem with its place
 */
export function parseFaultScript(text: string, start: UtcMs): FaultStep[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid', 'FAULT.SCRIPT', 'the fault script is not JSON', { cause });
  }
  if (!Array.isArray(entries))
    throw new AppError('invalid', 'FAULT.SCRIPT', 'the fault script is not a list');
  const problems: string[] = [];
  const steps = entries.flatMap((entry: unknown, index) => {
    try {
      return [parseStep(entry, start)];
    } catch (error) {
      problems.push(`step ${index + 1}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  });
  if (problems.length === 0) return steps;
  throw new AppError('invalid', 'FAULT.SCRIPT', `the fault script is wrong: ${problems.join('; ')}`);
}

/** Carries the steps out at their times; those in the past at once, in the order of the script. */
export function scheduleFaults(steps: readonly FaultStep[], faults: Faults, scheduler: Scheduler): void {
  for (const step of steps) scheduler.at(step.at, () => apply(step, faults));
}

function apply(step: FaultStep, faults: Faults): void {
  switch (step.kind) {
    case 'add':
      return void faults.add(step.rule);
    case 'remove':
      return void faults.remove(step.id);
    case 'clear':
      return faults.clear();
  }
}

function parseStep(entry: unknown, start: UtcMs): FaultStep {
  if (typeof entry !== 'object' || entry === null) throw new Error('it is not an object');
  const { at, add, remove, clear, ...rest } = entry as Record<string, unknown>;
  const unknown = Object.keys(rest);
  if (unknown.length > 0) throw new Error(`there is no field ${unknown.join(', ')}`);
  if ([add, remove, clear].filter((field) => field !== undefined).length !== 1) {
    throw new Error('it needs exactly one of add, remove, clear');
  }
  const when = instantOf(at, start);
  if (add !== undefined) return { at: when, kind: 'add', rule: parseFaultRule(add) };
  if (remove === undefined) return { at: when, kind: 'clear' };
  if (typeof remove !== 'string') throw new Error('remove must be the id of a rule');
  return { at: when, kind: 'remove', id: remove };
}

function instantOf(at: unknown, start: UtcMs): UtcMs {
  if (typeof at === 'number' && Number.isFinite(at)) return at;
  const [, amount, unit] = /^\+(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(typeof at === 'string' ? at : '') ?? [];
  if (amount === undefined || unit === undefined) {
    throw new Error(`at must be exchange time in milliseconds, or like "+30s", not ${JSON.stringify(at)}`);
  }
  return start + Number(amount) * UNITS[unit]!;
}
