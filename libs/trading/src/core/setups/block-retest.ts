/**
 * Break and retest: a break of structure leaves an order block; price comes back into it for the first time, and closes
 * out of it again in the direction of the break. Below the block (of a long) the idea is wrong.
 */
import type { Candle } from '@slt/domain';
import type { OrderBlockEvent, SmcEvent } from '@slt/smc';
import { Retest } from './retest';
import { type Candidate, type Detector, DIRECTIONS, NO_CANDIDATES } from './setup';

export class BlockRetest implements Detector<OrderBlockEvent> {
  private readonly retest: Retest<OrderBlockEvent>;

  constructor(within: number) {
    this.retest = new Retest(within);
  }

  hear(event: OrderBlockEvent, events: readonly SmcEvent[]): void {
    if (event.state === 'active') return;
    if (event.state !== 'touched') this.retest.lose(event);
    // Touched by the very candle of its break, price had never left it: that is no return.
    else if (!isBornAmong(event.id, events)) this.retest.touch(event);
  }

  step(candle: Candle): readonly Candidate[] {
    const { retest } = this;
    retest.next();
    if (retest.isEmpty) return NO_CANDIDATES;
    const left = retest.left(candle);
    return left.length === 0 ? NO_CANDIDATES : bestOfEach(left);
  }

  reset(): void {
    this.retest.reset();
  }
}

function isBornAmong(id: string, events: readonly SmcEvent[]): boolean {
  return events.some((event) => event.kind === 'order-block' && event.id === id && event.state === 'active');
}

/** Of several blocks left at once the swing's, then the strongest, speaks for its direction. */
function bestOfEach(blocks: readonly OrderBlockEvent[]): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const direction of DIRECTIONS) {
    let best: OrderBlockEvent | undefined;
    for (const block of blocks) {
      if (block.direction !== direction) continue;
      if (best === undefined || byWeight(block, best) < 0) best = block;
    }
    if (best === undefined) continue;
    const { scale, strength } = best;
    const isBullish = direction === 'bullish';
    candidates.push({
      setup: 'block-retest',
      direction: isBullish ? 'long' : 'short',
      invalidation: isBullish ? best.bottom : best.top,
      evidence: { kind: 'block', scale, strength },
    });
  }
  return candidates;
}

function byWeight(a: OrderBlockEvent, b: OrderBlockEvent): number {
  if (a.scale !== b.scale) return a.scale === 'swing' ? -1 : 1;
  return (b.strength ?? 0) - (a.strength ?? 0);
}
