/** What can be set about the breaker, with its defaults. Checked in full: one message names every problem. */
import { AppError, type DurationMs, MINUTE_MS } from '@slt/domain';

/** From each value on (inclusive) the level of that name; null: the source never asks for it. Ascending. */
export interface Thresholds {
  readonly warning: number | null;
  readonly throttled: number | null;
  readonly blocked: number | null;
}

export interface BreakerSettings {
  /** false: always `normal`; the loss limits of the risk rules hold all the same. */
  readonly isEnabled: boolean;
  /** Calls of so long are looked at. */
  readonly windowMs: DurationMs;
  /** Fewer calls in the window say nothing. */
  readonly minCalls: number;
  /** Share of calls that failed. */
  readonly errorRate: Thresholds;
  /** The time that 95 of 100 calls stay below, in ms. */
  readonly latencyMs: Thresholds;
  /** Share of streams that are stale. */
  readonly staleStreams: Thresholds;
  /** Share of symbols that are not warm. */
  readonly coldSymbols: Thresholds;
  /** Today's loss as a share of the equity at the day's start. */
  readonly dailyLoss: Thresholds;
  /** Share of the highest equity that is lost. */
  readonly drawdown: Thresholds;
  /** Losing trades in a row. */
  readonly losingStreak: Thresholds;
  /** A gauge leaves a level only below this share of the level's threshold. */
  readonly releaseShare: number;
  /** How long all must be better than the level before it sinks by one grade. */
  readonly recoveryMs: DurationMs;
  /** How long a block lasts at least; doubled with each failed probe, up to eight times. */
  readonly coolDownMs: DurationMs;
  /** Calls in a row that must go well, and entries that may be tried, while half-open. */
  readonly probes: number;
  /** Of an entry while throttled, as a factor of its size. */
  readonly throttledSize: number;
  /** Least confidence of an entry while throttled. */
  readonly throttledConfidence: number;
}

export const DEFAULT_BREAKER_SETTINGS: BreakerSettings = Object.freeze({
  isEnabled: true,
  windowMs: MINUTE_MS,
  minCalls: 5,
  errorRate: { warning: 0.1, throttled: 0.3, blocked: 0.5 },
  latencyMs: { warning: 1_000, throttled: 3_000, blocked: 8_000 },
  staleStreams: { warning: 0.05, throttled: 0.2, blocked: 0.5 },
  coldSymbols: { warning: 0.1, throttled: 0.3, blocked: 0.5 },
  dailyLoss: { warning: 0.025, throttled: 0.0375, blocked: 0.05 },
  drawdown: { warning: 0.075, throttled: 0.1125, blocked: 0.15 },
  // Never blocked: without trades no streak ends.
  losingStreak: { warning: 3, throttled: 5, blocked: null },
  releaseShare: 0.8,
  recoveryMs: MINUTE_MS,
  coolDownMs: MINUTE_MS,
  probes: 3,
  throttledSize: 0.5,
  throttledConfidence: 0.85,
});

const GAUGES = [
  'errorRate',
  'latencyMs',
  'staleStreams',
  'coldSymbols',
  'dailyLoss',
  'drawdown',
  'losingStreak',
] as const satisfies readonly (keyof BreakerSettings)[];

/** Half, three quarters and the whole of a limit. */
export function graded(limit: number): Thresholds {
  return { warning: limit / 2, throttled: limit * 0.75, blocked: limit };
}

/** The given settings over the defaults. @throws AppError invalid, `BREAKER.SETTINGS`, naming every problem */
export function completeBreakerSettings(given: Partial<BreakerSettings> = {}): BreakerSettings {
  const settings = { ...DEFAULT_BREAKER_SETTINGS, ...given };
  const problems = [
    ...GAUGES.flatMap((name) => thresholdProblem(name, settings[name])),
    ...(['windowMs', 'minCalls', 'coolDownMs', 'probes'] as const).flatMap((name) =>
      Number.isFinite(settings[name]) && settings[name] > 0
        ? []
        : [`${name} is ${settings[name]}, not above 0`],
    ),
    ...(settings.recoveryMs >= 0 ? [] : [`recoveryMs is ${settings.recoveryMs}, below 0`]),
    ...(['releaseShare', 'throttledSize', 'throttledConfidence'] as const).flatMap((name) =>
      settings[name] > 0 && settings[name] <= 1 ? [] : [`${name} is ${settings[name]}, not in (0, 1]`],
    ),
  ];
  if (problems.length > 0) throw new AppError('invalid', 'BREAKER.SETTINGS', problems.join('; '));
  return Object.freeze(settings);
}

function thresholdProblem(name: string, { warning, throttled, blocked }: Thresholds): string[] {
  const values = [warning, throttled, blocked].filter((value) => value !== null);
  const ascend = values.every((value, i) => value > 0 && (i === 0 || value >= values[i - 1]!));
  return ascend ? [] : [`the thresholds of ${name} are ${values.join(', ')}: not above 0 and ascending`];
}
