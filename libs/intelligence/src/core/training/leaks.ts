/**
 * Features that tell the outcome better than anything known before it can: somebody let the future into them. The
 * measure is the area under the ROC curve of the feature alone (Mann and Whitney's U), which no model is needed for.
 */
import { isWin, type Sample } from '../sample';

/** 0.5 is chance; edges of markets lie within a few hundredths of it. */
const TOO_GOOD = 0.97;
/** Of each outcome; fewer may be told apart by chance. */
const LEAST = 30;

/** @param names of the features, in their order. @returns those of leaking ones */
export function leakingFeatures(samples: readonly Sample[], names: readonly string[]): string[] {
  return names.filter((_, feature) => {
    const area = areaUnderCurve(samples, feature);
    return area !== undefined && Math.max(area, 1 - area) >= TOO_GOOD;
  });
}

/** That the feature is larger in a win than in a loss; undefined where too few of either have it. */
function areaUnderCurve(samples: readonly Sample[], feature: number): number | undefined {
  const known = samples
    .map((sample) => ({ value: sample.features[feature]!, isWin: isWin(sample) }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => a.value - b.value);
  const wins = known.filter((each) => each.isWin).length;
  const losses = known.length - wins;
  if (wins < LEAST || losses < LEAST) return undefined;
  let ranks = 0;
  for (let from = 0; from < known.length;) {
    let to = from;
    while (to < known.length && known[to]!.value === known[from]!.value) to++;
    // Those of one value share the mean of their ranks.
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (known[i]!.isWin) ranks += rank;
    from = to;
  }
  return (ranks - (wins * (wins + 1)) / 2) / (wins * losses);
}
