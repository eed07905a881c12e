/** An assessment to trade by; a test names only what it is about. */
import type { Assessment } from '../core/signal';

export function anAssessment(given: Partial<Assessment> = {}): Assessment {
  return {
    model: 'online',
    probability: 0.5,
    expectedR: 0.2,
    lowerBound: 0.05,
    costR: 0.3,
    riskScale: 1,
    refusals: [],
    features: [0.1, NaN, -2],
    featureVersion: 1,
    contributions: [{ feature: 'swing-bias', value: 1, weight: 0.4 }],
    ...given,
  };
}
