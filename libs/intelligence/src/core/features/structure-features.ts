/** Where price stands in its structure, and the zones around it. */
import type { Direction as SmcDirection } from '@slt/smc';
import type { Feature } from './feature';
import { ageOfBreak, FRAME_LENGTH } from './frame';
import type { Situation } from './situation';
import type { NearestPair } from './zones';

/** Farther away, a zone is as good as none. */
const REACH_ATR = 20;
const MOST_STRENGTH = 20;
const MOST_HEIGHT = 5;
const BREAK_OF = 20;

export const STRUCTURE_FEATURES: readonly Feature[] = [
  {
    name: 'swingBias',
    unit: 'sign',
    min: -1,
    max: 1,
    sentence: '1 with the bias of the swing structure, −1 against it, 0 where it has none yet.',
    measure: ({ sign, input }) => sign * biasOf(input.view.structure.swing.bias),
  },
  {
    name: 'internalBias',
    unit: 'sign',
    min: -1,
    max: 1,
    sentence: 'The same of the internal structure.',
    measure: ({ sign, input }) => sign * biasOf(input.view.structure.internal.bias),
  },
  {
    name: 'oppositeBreakAge',
    unit: 'candles',
    min: 0,
    max: FRAME_LENGTH - BREAK_OF,
    sentence: `Since a candle last closed, against the signal, beyond the ${BREAK_OF} candles before it; ${FRAME_LENGTH - BREAK_OF} where none in the window did.`,
    measure: ({ sign, frame }) => (frame === undefined ? NaN : ageOfBreak(frame, sign, BREAK_OF)),
  },
  {
    name: 'location',
    unit: 'share',
    min: -1,
    max: 1,
    sentence:
      'Place in the dealing range: 1 at the cheap end for a buyer (of a short: the dear one), 0 in the middle, −1 at the other end; not known before there is a range.',
    measure: ({ sign, input }) => {
      const range = input.view.dealingRange;
      return range === null ? NaN : sign * (1 - 2 * range.position);
    },
  },
  ...zoneFeatures({
    name: 'block',
    what: 'order block or breaker',
    nearest: (situation) => situation.blocks,
    weight: {
      suffix: 'Strength',
      max: MOST_STRENGTH,
      sentence: 'Its strength: the impulse that left it, in ATR of its time',
      of: (weight) => weight,
    },
  }),
  ...zoneFeatures({
    name: 'gap',
    what: 'unfilled fair value gap',
    nearest: (situation) => situation.gaps,
    weight: {
      suffix: 'Height',
      max: MOST_HEIGHT,
      sentence: 'Its height',
      of: (height, { unit }) => height / unit,
    },
  }),
  {
    name: 'poolBehind',
    unit: 'ATR',
    min: 0,
    max: REACH_ATR,
    sentence: `Distance to the nearest liquidity pool on the stop's side; ${REACH_ATR} where there is none so near.`,
    measure: (situation) => situation.pools.behind.distance / situation.unit,
  },
  {
    name: 'poolAhead',
    unit: 'ATR',
    min: 0,
    max: REACH_ATR,
    sentence: `Distance to the nearest liquidity pool on the target's side; ${REACH_ATR} where there is none so near.`,
    measure: (situation) => situation.pools.ahead.distance / situation.unit,
  },
];

function biasOf(bias: SmcDirection | null): number {
  return bias === null ? 0 : bias === 'bullish' ? 1 : -1;
}

interface ZoneKind {
  readonly name: string;
  readonly what: string;
  readonly nearest: (situation: Situation) => NearestPair;
  readonly weight: {
    readonly suffix: string;
    readonly max: number;
    readonly sentence: string;
    readonly of: (weight: number, situation: Situation) => number;
  };
}

/** Distance and weight of the nearest one on either side. */
function zoneFeatures({ name, what, nearest, weight }: ZoneKind): readonly Feature[] {
  const sides = [
    { key: 'behind', word: 'Behind', where: "that backs the signal, on the stop's side" },
    { key: 'ahead', word: 'Ahead', where: "that stands against it, on the target's side" },
  ] as const;
  return sides.flatMap(({ key, word, where }): Feature[] => [
    {
      name: `${name}${word}`,
      unit: 'ATR',
      min: 0,
      max: REACH_ATR,
      sentence: `Distance to the nearest ${what} ${where}; 0 within it, ${REACH_ATR} where there is none so near.`,
      measure: (situation) => nearest(situation)[key].distance / situation.unit,
    },
    {
      name: `${name}${word}${weight.suffix}`,
      unit: 'ATR',
      min: 0,
      max: weight.max,
      sentence: `${weight.sentence}; 0 where there is none so near.`,
      measure: (situation) => {
        const zone = nearest(situation)[key];
        const isNear = zone.distance <= REACH_ATR * situation.unit;
        // Without a unit it is not known whether it is near.
        return Number.isNaN(situation.unit) ? NaN : isNear ? weight.of(zone.weight, situation) : 0;
      },
    },
  ]);
}
