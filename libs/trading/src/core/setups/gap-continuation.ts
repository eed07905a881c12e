/**
 * Gap continuation: price comes back into a fair value gap without filling it, and closes out of it again in the gap's
 * direction. Whether that is the direction of the swing is asked when it is complete.
 */
import type { Candle } from '@slt/domain';
import type { GapEvent, SmcEvent } from '@slt/smc';
import { Retest } from './retest';
import { type Candidate, type Detector, DIRECTIONS, NO_CANDIDATES } from './setup';

export class GapContinuation implements Detector {
  private readonly retest: Retest<GapEvent>;

  constructor(within: number) {
    this.retest = new Retest(within);
  }

  step(candle: Candle, events: readonly SmcEvent[]): readonly Candidate[] {
    const { retest } = this;
    retest.begin();
    for (let i = 0; i < events.length; i++) {
      const event = events[i]!;
      if (event.kind === 'fair-value-gap') this.hear(event);
    }
    if (retest.isEmpty) return NO_CANDIDATES;
    const left = retest.left(candle);
    return left.length === 0 ? NO_CANDIDATES : widestOfEach(left);
  }

  reset(): void {
    this.retest.reset();
  }

  private hear(gap: GapEvent): void {
    const { state } = gap;
    if (state === 'touched') this.retest.touch(gap);
    else if (state !== 'open' && state !== 'half') this.retest.lose(gap);
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
