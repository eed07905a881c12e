/**
 * Features that tell the outcome better than anything known before it can: somebody let the future into them. The
 * measure is the area under the ROC curve of the feature alone (Mann and Whitney's U), which no model is needed for.
 */
import type { Design } from './design';
import type { RankedColumn } from '../ranked-column';

/** 0.5 is chance; edges of markets lie within a few hundredths of it. */
const TOO_GOOD = 0.97;
/** Of each outcome; fewer may be told apart by chance. */
const LEAST = 30;

/** @param names of the features, in their order. @returns those of leaking ones */
export function leakingFeatures({ columns, labels }: Design, names: readonly string[]): string[] {
  return names.filter((_, feature) => {
    const area = areaUnderCurve(columns[feature]!, labels);
    return area !== undefined && Math.max(area, 1 - area) >= TOO_GOOD;
  });
}

/** That the feature is larger in a win than in a loss; undefined where too few of either have it. */
function areaUnderCurve({ values, ranks }: RankedColumn, labels: Uint8Array): number | undefined {
  const known = new Uint32Array(values.length + 1);
  const won = new Uint32Array(values.length + 1);
  for (let row = 0; row < ranks.length; row++) {
    known[ranks[row]!]!++;
    won[ranks[row]!]! += labels[row]!;
  }
  let [before, wins, sum] = [0, 0, 0];
  for (let rank = 0; rank < values.length; rank++) {
    // Those of one value share the mean of their places.
    sum += won[rank]! * (before + (known[rank]! + 1) / 2);
    before += known[rank]!;
    wins += won[rank]!;
  }
  const losses = before - wins;
  if (wins < LEAST || losses < LEAST) return undefined;
  return (sum - (wins * (wins + 1)) / 2) / (wins * losses);
}
