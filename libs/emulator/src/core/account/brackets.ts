/**
 * Leverage brackets (reference A8): the larger the position, the less leverage and the more maintenance margin. Shapes of
 * real ones in three sizes, chosen by how much of a symbol one may hold at all.
 */
import { hashText, uniformAt } from '../hash';
import { Lru } from '../lru';
import type { SymbolFacts } from '../market';
import { type Decimal, decimal, ZERO } from './money';
import type { LeverageBracket } from './position';

export interface Bracket {
  readonly leverage: number;
  readonly floor: Decimal;
  readonly cap: Decimal;
  readonly maintenanceRate: Decimal;
  readonly cum: Decimal;
}

/** cap in USDT, greatest leverage, maintenance rate. */
type Shape = readonly (readonly [number, number, string])[];

const LEADERS: Shape = [
  [50_000, 125, '0.004'],
  [600_000, 100, '0.005'],
  [3_000_000, 75, '0.0065'],
  [12_000_000, 50, '0.01'],
  [70_000_000, 25, '0.02'],
  [100_000_000, 20, '0.025'],
  [230_000_000, 10, '0.05'],
  [480_000_000, 5, '0.1'],
  [600_000_000, 4, '0.125'],
  [800_000_000, 3, '0.15'],
  [1_200_000_000, 2, '0.25'],
  [1_800_000_000, 1, '0.5'],
];

const MAJORS: Shape = [
  [10_000, 75, '0.005'],
  [50_000, 50, '0.007'],
  [750_000, 40, '0.01'],
  [1_500_000, 25, '0.02'],
  [3_000_000, 20, '0.025'],
  [15_000_000, 10, '0.05'],
  [30_000_000, 5, '0.1'],
  [37_500_000, 4, '0.125'],
  [75_000_000, 2, '0.25'],
  [150_000_000, 1, '0.5'],
];

const OTHERS: Shape = [
  [5_000, 75, '0.01'],
  [10_000, 50, '0.015'],
  [30_000, 25, '0.02'],
  [60_000, 20, '0.025'],
  [300_000, 10, '0.05'],
  [600_000, 5, '0.1'],
  [750_000, 4, '0.125'],
  [1_500_000, 2, '0.25'],
  [3_000_000, 1, '0.5'],
];

interface Kept {
  readonly exact: readonly Bracket[];
  readonly floats: readonly { readonly cap: number; readonly rate: number; readonly cum: number }[];
}

const kept = new Lru<string, Kept>(1000);

/** Ascending by size; the same for a symbol always. */
export const bracketsOf = (facts: SymbolFacts): readonly Bracket[] => keptOf(facts).exact;

function keptOf(facts: SymbolFacts): Kept {
  return kept.getOrMake(facts.symbol, () => {
    const exact = buildBrackets(shapeOf(facts));
    const floats = exact.map(({ cap, maintenanceRate, cum }) => ({
      cap: Number(cap),
      rate: Number(maintenanceRate),
      cum: Number(cum),
    }));
    return { exact, floats };
  });
}

function shapeOf({ symbol, baseAsset, contractType }: SymbolFacts): Shape {
  if ((baseAsset === 'BTC' || baseAsset === 'ETH') && contractType === 'PERPETUAL') return LEADERS;
  if (uniformAt(hashText(symbol, 41), 1) < 0.4) return MAJORS;
  // Some small ones allow no more than 50.
  return uniformAt(hashText(symbol, 41), 2) < 0.7 ? OTHERS : OTHERS.slice(1);
}

/** cum: floor × (rate − rate before) + cum before, so that the margin has no jump where brackets meet. */
function buildBrackets(shape: Shape): readonly Bracket[] {
  const brackets: Bracket[] = [];
  for (const [cap, leverage, rate] of shape) {
    const before = brackets.at(-1);
    const floor = before?.cap ?? ZERO;
    const maintenanceRate = decimal(rate);
    const rise = maintenanceRate.minus(before?.maintenanceRate ?? ZERO);
    const cum = floor.times(rise).plus(before?.cum ?? ZERO);
    brackets.push({ leverage, floor, cap: decimal(cap), maintenanceRate, cum });
  }
  return brackets;
}

/** The one a position of that size is in; the last one for all that is larger. @param notional 0 or more */
export function bracketAt(facts: SymbolFacts, notional: Decimal): Bracket {
  const brackets = bracketsOf(facts);
  return brackets.find(({ cap }) => notional.lte(cap)) ?? brackets.at(-1)!;
}

/** @param notional 0 or more */
export function maintenanceMargin(facts: SymbolFacts, notional: Decimal): Decimal {
  const { maintenanceRate, cum } = bracketAt(facts, notional);
  return notional.times(maintenanceRate).minus(cum);
}

/** The same in float64, where an exact one would cost too much. */
export function roughMaintenance(facts: SymbolFacts, notional: number): number {
  const { floats } = keptOf(facts);
  let at = 0;
  while (at < floats.length - 1 && notional > floats[at]!.cap) at++;
  return notional * floats[at]!.rate - floats[at]!.cum;
}

export const maxLeverage = (facts: SymbolFacts): number => bracketsOf(facts)[0]!.leverage;

/** Greatest notional at a leverage of at most maxLeverage(). */
export function maxNotional(facts: SymbolFacts, leverage: number): Decimal {
  return bracketsOf(facts).findLast((bracket) => bracket.leverage >= leverage)!.cap;
}

export function toLeverageBrackets(facts: SymbolFacts): LeverageBracket[] {
  return bracketsOf(facts).map((bracket, i) => ({
    bracket: i + 1,
    initialLeverage: bracket.leverage,
    notionalCap: bracket.cap.toFixed(),
    notionalFloor: bracket.floor.toFixed(),
    maintMarginRatio: bracket.maintenanceRate.toFixed(),
    cum: bracket.cum.toFixed(),
  }));
}
