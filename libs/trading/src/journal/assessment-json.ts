/** An assessment as JSON keeps it, which knows no NaN: what is not known of a signal is null there. */
import type { Assessment, Contribution } from '../core/signal';

export interface WrittenContribution extends Omit<Contribution, 'value'> {
  readonly value: number | null;
}

export interface WrittenAssessment extends Omit<Assessment, 'features' | 'contributions'> {
  readonly features: readonly (number | null)[];
  readonly contributions: readonly WrittenContribution[];
}

export function writtenAssessment({ features, contributions, ...rest }: Assessment): WrittenAssessment {
  return {
    ...rest,
    features: features.map(known),
    contributions: contributions.map((each) => ({ ...each, value: known(each.value) })),
  };
}

export function readAssessment({ features, contributions, ...rest }: WrittenAssessment): Assessment {
  return {
    ...rest,
    features: features.map((value) => value ?? NaN),
    contributions: contributions.map((each) => ({ ...each, value: each.value ?? NaN })),
  };
}

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
