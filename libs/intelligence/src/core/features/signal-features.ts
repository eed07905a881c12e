/** What the signal itself says: what spoke for it, where stop and target are, the shape of its candle. */
import type { PoolSource } from '@slt/smc';
import type { Feature } from './feature';
import { NEWEST, runOfCloses } from './frame';
import type { Situation } from './situation';

/** How many people have the level on their charts, roughly; the heuristic's weights for swept pools, times ten. */
const SOURCE_WEIGHTS: Readonly<Record<PoolSource, number>> = {
  month: 1,
  week: 1,
  day: 0.8,
  equal: 0.7,
  swing: 0.5,
  london: 0.4,
  'new-york': 0.4,
  'london-kill-zone': 0.3,
  'new-york-kill-zone': 0.3,
  tokyo: 0.2,
  sydney: 0.2,
  'asian-kill-zone': 0.2,
};

const LONGEST_RUN = 8;

export const SIGNAL_FEATURES: readonly Feature[] = [
  {
    name: 'zoneStrength',
    unit: 'ATR',
    min: 0,
    max: 20,
    sentence:
      'Of the zone that was retested: impulse of the block (not known where there was no ATR yet), or height of the gap; 0 of a sweep.',
    measure: zoneStrength,
  },
  {
    name: 'swingBlock',
    unit: '0 or 1',
    min: 0,
    max: 1,
    sentence: '1 where the retested block is one of the swing structure.',
    measure: ({ input: { evidence } }) => Number(evidence.kind === 'block' && evidence.scale === 'swing'),
  },
  {
    name: 'sweepDepth',
    unit: 'ATR',
    min: 0,
    max: 5,
    sentence: 'How far the sweep went beyond the pool; 0 of anything but a sweep.',
    measure: ({ unit, input: { evidence } }) => (evidence.kind === 'sweep' ? evidence.depth / unit : 0),
  },
  {
    name: 'sweepSource',
    unit: 'share',
    min: 0,
    max: 1,
    sentence:
      'Weight of the pool that was swept: month and week 1, day 0.8, equal levels 0.7, swing 0.5, London and New York 0.4, their kill zones 0.3, others 0.2; 0 of anything but a sweep.',
    measure: ({ input: { evidence } }) => (evidence.kind === 'sweep' ? SOURCE_WEIGHTS[evidence.source] : 0),
  },
  {
    name: 'targetIsPool',
    unit: '0 or 1',
    min: 0,
    max: 1,
    sentence: '1 where the target is a pool, 0 where it is the least reward.',
    measure: ({ input }) => Number(input.targetIs === 'pool'),
  },
  {
    name: 'reward',
    unit: 'R',
    min: 0,
    max: 10,
    sentence: 'Distance to the target.',
    measure: ({ input, risk }) => Math.abs(input.target - input.entry) / risk,
  },
  {
    name: 'stopAtr',
    unit: 'log2 ATR',
    min: -2,
    max: 6,
    sentence: 'Distance to the stop: 0 at one ATR, 1 at two, 2 at four.',
    measure: ({ risk, unit }) => Math.log2(risk / unit),
  },
  {
    name: 'stopShare',
    unit: '%',
    min: 0,
    max: 5,
    sentence: 'Distance to the stop in per cent of the price.',
    measure: ({ risk, input }) => (100 * risk) / input.entry,
  },
  {
    name: 'body',
    unit: 'share',
    min: -1,
    max: 1,
    sentence:
      "Body of the signal's candle ÷ its range, positive with the signal; 0 of a candle without range.",
    measure: ({ sign, frame }) => {
      if (frame === undefined) return NaN;
      const range = frame.high[NEWEST]! - frame.low[NEWEST]!;
      return range > 0 ? (sign * (frame.close[NEWEST]! - frame.open[NEWEST]!)) / range : 0;
    },
  },
  {
    name: 'wickBehind',
    unit: 'share',
    min: 0,
    max: 1,
    sentence: "Wick of the signal's candle on the stop's side ÷ its range; 0 of a candle without range.",
    measure: wickBehind,
  },
  {
    name: 'run',
    unit: 'candles',
    min: -LONGEST_RUN,
    max: LONGEST_RUN,
    sentence:
      "Closes in a row, up to the signal's, that went with it (positive) or against it; 0 where the last close did not move.",
    measure: ({ sign, frame }) => (frame === undefined ? NaN : sign * runOfCloses(frame)),
  },
];

function zoneStrength({ unit, input: { evidence } }: Situation): number {
  switch (evidence.kind) {
    case 'sweep':
      return 0;
    case 'block':
      return evidence.strength ?? NaN;
    case 'gap':
      return evidence.height / unit;
  }
}

function wickBehind({ sign, frame }: Situation): number {
  if (frame === undefined) return NaN;
  const [open, high] = [frame.open[NEWEST]!, frame.high[NEWEST]!];
  const [low, close] = [frame.low[NEWEST]!, frame.close[NEWEST]!];
  if (!(high > low)) return 0;
  return (sign === 1 ? Math.min(open, close) - low : high - Math.max(open, close)) / (high - low);
}
