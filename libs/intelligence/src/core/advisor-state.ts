/** What an advisor remembers between candles, as plain data and back. Order matters in none of it but the lists'. */
import { INTERVALS, type Interval, type UtcMs } from '@slt/domain';
import type { VirtualOutcome } from './labels/triple-barrier';
import type { Json } from './model';
import { BARRIERS, type Sample } from './sample';
import type { StateFields } from './learner/state-fields';

/** A signal as it is known at its close: a sample without its outcome. */
export type OpenSample = Omit<Sample, 'closedAt' | 'r' | 'barrier' | 'source'>;

/** What was said of a signal before anybody knew. */
export interface Forecast {
  /** The champion then, also while the heuristic decided. */
  readonly model: string;
  readonly probability: number;
  readonly lowerBound: number;
}

/** A signal whose outcome is not known yet, or not for certain. */
export interface Followed {
  readonly sample: OpenSample;
  readonly interval: Interval;
  readonly forecast: Forecast;
  /** It was traded: the position's outcome counts, not the virtual one. */
  awaitsReal: boolean;
  /** What the candles say; kept while the position's is awaited. */
  virtual: VirtualOutcome | null;
}

/** An outcome that is known and not learned from yet. */
export interface Known {
  readonly sample: Sample;
  readonly forecast: Forecast;
  /** Close of the candle within which it was known: a candle that closes later lets it count. */
  readonly due: UtcMs;
}

/** What was heard last of a symbol: it may be told twice. */
export interface Heard {
  readonly symbol: string;
  readonly at: UtcMs;
  readonly ids: readonly string[];
}

const SETUPS = ['sweep-reversal', 'block-retest', 'gap-continuation'] as const;
const DIRECTIONS = ['long', 'short'] as const;

export const followedJson = ({ sample, interval, forecast, awaitsReal, virtual }: Followed): Json => ({
  sample: sampleJson(sample),
  interval,
  forecast: { ...forecast },
  awaitsReal,
  virtual: virtual === null ? null : { ...virtual },
});

/** @throws AppError invalid, `MODEL.BAD_STATE`, as all that follow */
export function followedOf(fields: StateFields): Followed {
  const virtual = fields.raw('virtual') === null ? undefined : fields.fields('virtual');
  return {
    sample: openSampleOf(fields.fields('sample')),
    interval: fields.oneOf('interval', INTERVALS),
    forecast: forecastOf(fields.fields('forecast')),
    awaitsReal: fields.flag('awaitsReal'),
    virtual:
      virtual === undefined
        ? null
        : {
            id: virtual.text('id'),
            closedAt: virtual.number('closedAt'),
            r: virtual.number('r'),
            barrier: virtual.oneOf('barrier', BARRIERS),
          },
  };
}

export const knownJson = ({ sample, forecast, due }: Known): Json => ({
  sample: sampleJson(sample),
  forecast: { ...forecast },
  due,
});

export const knownOf = (fields: StateFields): Known => ({
  sample: sampleOf(fields.fields('sample')),
  forecast: forecastOf(fields.fields('forecast')),
  due: fields.number('due'),
});

export const heardOf = (fields: StateFields): Heard => ({
  symbol: fields.text('symbol'),
  at: fields.number('at'),
  ids: fields.texts('ids'),
});

export const sampleJson = (sample: OpenSample | Sample): Json => ({
  ...sample,
  features: sample.features.map((value) => (Number.isNaN(value) ? null : value)),
});

export const sampleOf = (fields: StateFields): Sample => ({
  ...openSampleOf(fields),
  closedAt: fields.number('closedAt'),
  r: fields.number('r'),
  barrier: fields.oneOf('barrier', BARRIERS),
  source: fields.oneOf('source', ['real', 'virtual']),
});

function openSampleOf(fields: StateFields): OpenSample {
  return {
    id: fields.text('id'),
    symbol: fields.text('symbol'),
    at: fields.number('at'),
    setup: fields.oneOf('setup', SETUPS),
    direction: fields.oneOf('direction', DIRECTIONS),
    featureVersion: fields.number('featureVersion'),
    features: fields.numbersOrNaN('features'),
    rewardR: fields.number('rewardR'),
    costR: fields.number('costR'),
  };
}

const forecastOf = (fields: StateFields): Forecast => ({
  model: fields.text('model'),
  probability: fields.number('probability'),
  lowerBound: fields.number('lowerBound'),
});
