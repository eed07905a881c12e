/**
 * May this signal be traded, and how large? Every rule that says no is named, not the first one alone; then what the
 * learner has against it. Rules are written so that a number that is none refuses. Codes and sentences: docs/trading-risk.md.
 */
import { type Refusal, type Signal, signOf } from '../signal';
import { correlatedExposure } from './correlation';
import { type EntrySize, sizeEntry, type StopDistance, stopDistanceOf } from './position-size';
import type { RiskContext } from './risk-context';
import { type RiskLimits, riskShareOf } from './risk-limits';

export type RiskDecision =
  | { readonly kind: 'accepted'; readonly accepted: EntrySize }
  | { readonly kind: 'refused'; readonly refused: readonly Refusal[] };

interface Case {
  readonly signal: Signal;
  readonly context: RiskContext;
  readonly limits: RiskLimits;
  readonly stop: StopDistance;
}

interface SizedCase extends Case {
  readonly size: EntrySize;
}

/** Sums of floats may miss a limit that is met exactly. */
const TOLERANCE = 1 + 1e-9;

type Rule<Of> = (of: Of) => boolean;

const isSound = (...numbers: readonly number[]): boolean => numbers.every(Number.isFinite);

/** What can be said before there is a size; in the order in which they are told. */
const RULES: readonly (readonly [Refusal, Rule<Case>])[] = [
  ['TRADING_OFF', ({ context }) => !context.isTradingOn],
  ['SYMBOL_NOT_TRADABLE', ({ context: { market } }) => !market.isTradable || !isListed(market)],
  ['SIGNAL_STALE', (given) => isStale(given)],
  ['BREAKER_BLOCKED', ({ context }) => context.permit.kind === 'none'],
  [
    'BREAKER_THROTTLED',
    ({ signal, context: { permit } }) =>
      permit.kind === 'reduced' && !(signal.confidence >= permit.minConfidence),
  ],
  ['CONFIDENCE_TOO_LOW', ({ signal, limits }) => riskShareOf(signal.confidence, limits) === 0],
  [
    'POSITION_EXISTS',
    ({ signal, context }) =>
      context.market.hasOrders || context.exposures.some(({ symbol }) => symbol === signal.symbol),
  ],
  ['TOO_MANY_POSITIONS', ({ context, limits }) => symbolsIn(context) >= limits.maxPositions],
  ['STOP_TOO_CLOSE', (given) => isTooClose(given)],
  ['STOP_TOO_FAR', (given) => isTooFar(given)],
  ['DAILY_LOSS_LIMIT', ({ context, limits }) => !(context.losses.dailyLoss < limits.dailyLoss)],
  ['DRAWDOWN_LIMIT', ({ context, limits }) => !(context.losses.drawdown < limits.drawdown)],
  ['COOL_DOWN', ({ context }) => !(context.now >= context.losses.coolDownUntil)],
  ['NO_EQUITY', ({ context: { account } }) => !(account.equity > 0) || !isSound(account.equity)],
];

const SIZED_RULES: readonly (readonly [Refusal, Rule<SizedCase>])[] = [
  ['BELOW_MIN_QUANTITY', (given) => !(roundedQuantity(given) >= given.context.market.minQuantity)],
  [
    'BELOW_MIN_NOTIONAL',
    (given) => !(roundedQuantity(given) * given.stop.price >= given.context.market.minNotional),
  ],
  ['MARGIN_EXHAUSTED', (given) => isMarginExhausted(given)],
  ['CORRELATION_CAP', (given) => isTooCorrelated(given)],
];

export function decideRisk(signal: Signal, context: RiskContext, limits: RiskLimits): RiskDecision {
  const decision = decideByRules(signal, context, limits);
  const against = signal.assessment?.refusals ?? [];
  if (against.length === 0) return decision;
  return {
    kind: 'refused',
    refused: decision.kind === 'refused' ? [...decision.refused, ...against] : against,
  };
}

function decideByRules(signal: Signal, context: RiskContext, limits: RiskLimits): RiskDecision {
  const stop = stopDistanceOf(signal, context.market, limits);
  const given: Case = { signal, context, limits, stop };
  const refused: Refusal[] = [];
  for (const [code, refuses] of RULES) if (refuses(given)) refused.push(code);
  // Without a stop or money there is no size to speak of.
  if (!(stop.distance > 0 && context.account.equity > 0) || !isSound(stop.price, stop.distance)) {
    return { kind: 'refused', refused };
  }
  const size = sizeEntry(signal, context, limits);
  if (size === undefined) return { kind: 'refused', refused: [...refused, 'LIQUIDATION_TOO_NEAR'] };
  const sized: SizedCase = { signal, context, limits, stop, size };
  for (const [code, refuses] of SIZED_RULES) if (refuses(sized)) refused.push(code);
  return refused.length === 0 ? { kind: 'accepted', accepted: size } : { kind: 'refused', refused };
}

/** Too old, ahead of the clock, or left behind by the price. */
function isStale({ signal, context, limits, stop }: Case): boolean {
  const age = context.now - signal.at;
  if (!(Math.abs(age) <= limits.signalMaxAgeMs)) return true;
  const planned = signOf(signal.direction) * (signal.entry - signal.stop);
  return !(Math.abs(stop.price - signal.entry) <= limits.maxDrift * planned);
}

function isTooClose({ context: { market }, limits, stop }: Case): boolean {
  const least = Math.max(limits.stopMinCosts * stop.costs, limits.stopMinTicks * market.tickSize);
  return !(stop.distance > 0 && stop.distance >= least);
}

function isTooFar({ context: { market }, limits, stop }: Case): boolean {
  const byAtr = market.atr === undefined ? Infinity : limits.stopMaxAtr * market.atr;
  return !(stop.distance <= Math.min(limits.stopMaxShare * stop.price, byAtr));
}

function isListed({ tickSize, stepSize, minQuantity, minNotional }: RiskContext['market']): boolean {
  return isSound(tickSize, stepSize, minQuantity, minNotional) && tickSize > 0 && stepSize > 0;
}

/** A position that is added to is one. */
function symbolsIn({ exposures }: RiskContext): number {
  return new Set(exposures.map(({ symbol }) => symbol)).size;
}

/** Nearly what will be ordered: exact rounding is the border's. */
function roundedQuantity({ size, context: { market } }: SizedCase): number {
  return Math.floor(size.quantity / market.stepSize + 1e-9) * market.stepSize;
}

/** The larger of what the exchange says is in use and what we know of: entries under way are not in the former yet. */
function isMarginExhausted({ context: { account, exposures }, limits, size }: SizedCase): boolean {
  const known = exposures.reduce((sum, { margin }) => sum + margin, 0);
  const used = Math.max(account.initialMargin, known);
  const margin = size.notional / size.leverage;
  const costs = size.notional * (limits.feeRate + limits.slippageRate);
  const isOverRatio = !(used + margin <= limits.marginRatio * account.equity * TOLERANCE);
  // What entries under way will take is still counted as available.
  const free = account.availableBalance - Math.max(0, known - account.initialMargin);
  return isOverRatio || !(margin + costs <= free * TOLERANCE);
}

/** A hedge never reaches the cap: only what points the same way adds up. */
function isTooCorrelated({ signal, context, limits, size }: SizedCase): boolean {
  const { symbol, direction } = signal;
  const { sectors, correlation } = context.market;
  const cap = limits.correlatedShare * context.account.equity * limits.leverageCap;
  // Where all positions together are below the cap, nobody need know how they move.
  const all = context.exposures.reduce((sum, { notional }) => sum + notional, 0);
  if (all + size.notional <= cap) return false;
  const candidate = { symbol, direction, sectors, ...(correlation === undefined ? {} : { correlation }) };
  const net = correlatedExposure(candidate, context.exposures, limits.correlation);
  return !(net <= 0 || net + size.notional <= cap * TOLERANCE);
}
