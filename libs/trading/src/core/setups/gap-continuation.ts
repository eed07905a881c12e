/**
 * Gap continuation: price comes back into a fair value gap without filling it, and closes out of it again in the gap's
 * direction. Whether that is the direction of the swing is asked when it is complete.
 */
import type { Candle } from '@slt/domain';
import type { GapEvent } from '@slt/smc';
import { Retest } from './retest';
import { type Candidate, type Detector, DIRECTIONS, NO_CANDIDATES } from './setup';

export class GapContinuation implements Detector<GapEvent> {
  private readonly retest: Retest<GapEvent>;

  constructor(within: number) {
    this.retest = new Retest(within);
  }

  hear(gap: GapEvent): void {
    if (gap.state === 'touched') this.retest.touch(gap);
    else if (gap.state === 'dropped') this.retest.lose(gap);
  }

  step(candle: Candle): readonly Candidate[] {
    const { retest } = this;
    retest.next();
    if (retest.isEmpty) return NO_CANDIDATES;
    // That a gap is filled can be seen by its price: the event need not be made.
    retest.loseCrossed(candle);
    const left = retest.left(candle);
    return left.length === 0 ? NO_CANDIDATES : widestOfEach(left);
  }

  reset(): void {
    this.retest.reset();
  }
}

/** Of several gaps left at once the widest speaks for its direction. */
function widestOfEach(gaps: readonly GapEvent[]): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const direction of DIRECTIONS) {
    let widest: GapEvent | undefined;
    for (const gap of gaps) {
      if (gap.direction !== direction) continue;
      if (widest === undefined || gap.top - gap.bottom > widest.top - widest.bottom) widest = gap;
    }
    if (widest === undefined) continue;
    const isBullish = direction === 'bullish';
    candidates.push({
      setup: 'gap-continuation',
      direction: isBullish ? 'long' : 'short',
      invalidation: isBullish ? widest.bottom : widest.top,
      evidence: { kind: 'gap', height: widest.top - widest.bottom },
    });
  }
  return candidates;
}
