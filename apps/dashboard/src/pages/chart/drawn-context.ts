/** Where price stands: the dealing range with its halves, and the sessions of the day. */
import type { Candle } from '../../api/types';
import type { SessionEvent } from '../../api/types/smc';
import { price } from '../../format';
import type { Drawn } from './drawn';
import type { Extreme, Zone } from './zones';

/** @param until open time of the last candle that counts: what the range is by then */
export function drawnRange({ top, bottom }: { top: Extreme; bottom: Extreme }, until: number): Drawn[] {
  const middle = (top.level + bottom.level) / 2;
  const from = Math.min(top.at, bottom.at);
  const common = { layer: 'range', state: 'present', isFaint: true, at: from, knownAt: until } as const;
  const why =
    'The range reaches from the last swing low to the last swing high, and as far as price went since.';
  return [
    {
      ...common,
      id: 'range-premium',
      label: 'premium',
      what: `premium: the upper half of the range, ${price(middle)} to ${price(top.level)}`,
      tone: 'down',
      shape: { kind: 'zone', from, to: null, top: top.level, bottom: middle },
      why: `${why} Up here it is dear.`,
    },
    {
      ...common,
      id: 'range-discount',
      label: 'discount',
      what: `discount: the lower half of the range, ${price(bottom.level)} to ${price(middle)}`,
      tone: 'up',
      shape: { kind: 'zone', from, to: null, top: middle, bottom: bottom.level },
      why: `${why} Down here it is cheap.`,
    },
  ];
}

/** @param seen the candles that count: the extremes of a session that goes on are theirs */
export function drawnSession({ born, latest }: Zone<SessionEvent>, seen: readonly Candle[]): Drawn {
  const { session, state, atTime } = latest;
  const within = seen.filter(({ openTime }) => openTime >= atTime);
  const isOpen = state === 'open';
  const top = isOpen ? Math.max(latest.high, ...within.map(({ high }) => high)) : latest.high;
  const bottom = isOpen ? Math.min(latest.low, ...within.map(({ low }) => low)) : latest.low;
  return {
    id: `session-${session}-${atTime}`,
    layer: 'sessions',
    label: session,
    what: `${session} session, ${price(bottom)} to ${price(top)}`,
    state,
    tone: 'plain',
    isFaint: !isOpen,
    shape: { kind: 'zone', from: atTime, to: isOpen ? null : latest.knownAtTime, top, bottom },
    at: atTime,
    knownAt: born.knownAtTime,
    why: 'The hours of this market by its own wall clock, with their highest and lowest price.',
  };
}
