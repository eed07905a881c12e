/** The limits of a trade, with their defaults. Checked in full: one message names every problem. */
import { AppError, type DurationMs, HOUR_MS, SECOND_MS } from '@slt/domain';

/** From this confidence on (inclusive), this share of equity may be lost at the stop. */
export interface RiskTier {
  readonly confidence: number;
  readonly share: number;
}

/** Shares and ratios are fractions: 0.01 is one per cent. */
export interface RiskLimits {
  /** Ascending by confidence; below the first nothing is traded. */
  readonly tiers: readonly RiskTier[];
  /** A position's margin, as a share of equity: its notional is at most this × equity × leverage. */
  readonly positionShare: number;
  readonly leverageCap: number;
  /** Positions at once, entries under way among them. */
  readonly maxPositions: number;
  /** Initial margin of all positions ÷ equity. */
  readonly marginRatio: number;
  /** The position limit's sister for symbols that move together: net notional at most this × equity × leverage cap. */
  readonly correlatedShare: number;
  /** From this correlation of returns on, in either direction, two symbols move together. */
  readonly correlation: number;
  /** Of the equity at the start of the UTC day. */
  readonly dailyLoss: number;
  /** Of the highest equity. */
  readonly drawdown: number;
  /** So many losing trades in a row begin a pause. */
  readonly losingStreak: number;
  readonly coolDownMs: DurationMs;
  /** The liquidation price is at least this many stop distances away. */
  readonly liquidationFactor: number;
  /** The stop is at least this many times the costs of a round trip away, and … */
  readonly stopMinCosts: number;
  /** … this many ticks. */
  readonly stopMinTicks: number;
  /** The stop is at most this share of the price away, and … */
  readonly stopMaxShare: number;
  /** … this many ATR, where the ATR is known. */
  readonly stopMaxAtr: number;
  /** Of the signal, and the most that it may lie ahead of the clock. */
  readonly signalMaxAgeMs: DurationMs;
  /** How far the price may have left the signal's entry by now, in stop distances. */
  readonly maxDrift: number;
  /** Of the notional, each way. */
  readonly feeRate: number;
  /** What a market order loses against the price seen, of the notional, each way. */
  readonly slippageRate: number;
}

export const DEFAULT_RISK_LIMITS: RiskLimits = Object.freeze({
  tiers: [
    { confidence: 0.6, share: 0.005 },
    { confidence: 0.7, share: 0.01 },
    { confidence: 0.85, share: 0.02 },
  ],
  positionShare: 0.1,
  leverageCap: 5,
  maxPositions: 5,
  marginRatio: 0.6,
  correlatedShare: 0.25,
  correlation: 0.7,
  dailyLoss: 0.05,
  drawdown: 0.15,
  losingStreak: 4,
  coolDownMs: HOUR_MS,
  liquidationFactor: 2,
  stopMinCosts: 1.5,
  stopMinTicks: 5,
  stopMaxShare: 0.05,
  stopMaxAtr: 30,
  signalMaxAgeMs: 30 * SECOND_MS,
  maxDrift: 0.5,
  feeRate: 0.0005,
  slippageRate: 0.0002,
});

interface Range {
  readonly min: number;
  readonly max: number;
  readonly isWhole?: boolean;
}

/** Both ends belong to the range. */
const SHARE: Range = { min: 1e-6, max: 1 };
const RANGES: Readonly<Record<Exclude<keyof RiskLimits, 'tiers'>, Range>> = {
  positionShare: SHARE,
  leverageCap: { min: 1, max: 125, isWhole: true },
  maxPositions: { min: 1, max: 1_000, isWhole: true },
  marginRatio: SHARE,
  correlatedShare: { min: 1e-6, max: 1_000 },
  correlation: { min: 0, max: 1 },
  dailyLoss: SHARE,
  drawdown: SHARE,
  losingStreak: { min: 1, max: 1_000, isWhole: true },
  coolDownMs: { min: 0, max: 30 * 24 * HOUR_MS },
  liquidationFactor: { min: 1, max: 100 },
  stopMinCosts: { min: 0, max: 100 },
  stopMinTicks: { min: 0, max: 10_000 },
  stopMaxShare: { min: 1e-6, max: 0.5 },
  stopMaxAtr: { min: 0.1, max: 10_000 },
  signalMaxAgeMs: { min: 1, max: 24 * HOUR_MS },
  maxDrift: { min: 0, max: 100 },
  feeRate: { min: 0, max: 0.1 },
  slippageRate: { min: 0, max: 0.1 },
};

/** The given limits over the defaults. @throws AppError invalid, `RISK.LIMITS`, naming every problem */
export function completeRiskLimits(given: Partial<RiskLimits> = {}): RiskLimits {
  const limits = { ...DEFAULT_RISK_LIMITS, ...given };
  const problems = [
    ...(Object.keys(RANGES) as (keyof typeof RANGES)[]).flatMap((name) => rangeProblem(name, limits[name])),
    ...tierProblems(limits.tiers),
    ...(limits.correlatedShare < limits.positionShare
      ? [`correlatedShare ${limits.correlatedShare} is below positionShare ${limits.positionShare}`]
      : []),
  ];
  if (problems.length > 0) throw new AppError('invalid', 'RISK.LIMITS', problems.join('; '));
  return Object.freeze(limits);
}

function rangeProblem(name: keyof typeof RANGES, value: number): string[] {
  const { min, max, isWhole } = RANGES[name];
  const fits = value >= min && value <= max && (isWhole !== true || Number.isInteger(value));
  return fits ? [] : [`${name} is ${value}, not a${isWhole ? ' whole' : ''} number ${min}…${max}`];
}

function tierProblems(tiers: readonly RiskTier[]): string[] {
  if (tiers.length === 0) return ['there is no tier'];
  const isSound = tiers.every(
    ({ confidence, share }, i) =>
      confidence >= 0 &&
      confidence <= 1 &&
      share > 0 &&
      share <= 1 &&
      (i === 0 || confidence > tiers[i - 1]!.confidence),
  );
  return isSound ? [] : ['tiers are not ascending confidences in [0, 1] with shares in (0, 1]'];
}

/** Share of equity that a signal of this confidence may lose; 0 below the first tier, and for what is no number. */
export function riskShareOf(confidence: number, { tiers }: RiskLimits): number {
  return tiers.findLast((tier) => confidence >= tier.confidence)?.share ?? 0;
}
