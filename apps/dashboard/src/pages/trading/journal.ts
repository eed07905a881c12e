/** The journal as the page asks for it, and what is counted from it. */
import { get } from '../../api/client';
import type { Signal, Trade } from '../../api/types';

export interface Assessment {
  readonly model: string;
  readonly probability: number;
  readonly expectedR: number;
  readonly lowerBound: number;
  readonly costR: number;
  readonly riskScale: number;
  readonly contributions: readonly {
    readonly feature: string;
    readonly value: number | null;
    readonly weight: number;
  }[];
}

/** null where the heuristic decided alone; missing in what an older journal tells. */
export type JudgedSignal = Signal & { readonly assessment?: Assessment | null };

export interface Performance {
  readonly trades: number;
  readonly netPnl: number;
  readonly winRate: number | null;
  readonly profitFactor: number | null;
  readonly expectancyR: number | null;
  readonly initialEquity: number | null;
  readonly maxDrawdownShare: number;
  readonly sharpe: number | null;
  readonly fees: number;
  readonly equityCurve: readonly EquityPoint[];
  readonly balances: readonly EquityPoint[];
}

export interface EquityPoint {
  readonly at: number;
  readonly equity: number;
}

export const EXIT_REASONS = [
  'stop',
  'target',
  'max-hold',
  'stagnation',
  'opposite-structure',
  'flatten',
  'unprotected',
  'breaker',
  'liquidation',
  'external',
] as const;

export const KEPT = 100;
export type Filter = Readonly<Record<string, string>>;

export const loadPerformance = (signal: AbortSignal): Promise<Performance> =>
  get<Performance>('/v1/performance', { signal });

export const loadSignals = (filter: Filter, signal: AbortSignal): Promise<JudgedSignal[]> =>
  get<JudgedSignal[]>(`/v1/signals?${queryOf({ ...filter, limit: String(KEPT) })}`, { signal });

export const loadTrades = (filter: Filter, signal: AbortSignal): Promise<Trade[]> =>
  get<Trade[]>(`/v1/trades?${queryOf({ ...filter, limit: '1000' })}`, { signal });

/** Empty values are left out. */
export function queryOf(filter: Filter): string {
  return new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== '')).toString();
}

export interface RBin {
  /** Inclusive; −∞ for the first. */
  readonly from: number;
  /** Exclusive; ∞ for the last. */
  readonly to: number;
  readonly count: number;
}

const BIN_R = 0.5;
const LOWEST_R = -2;
const HIGHEST_R = 4;

/** How many trades ended with how many R, in halves from −2 to +4; what lies beyond is in the bins at the ends. */
export function rBins(trades: readonly { readonly r: number | null }[]): RBin[] {
  const inner = (HIGHEST_R - LOWEST_R) / BIN_R;
  const counts = new Array<number>(inner + 2).fill(0);
  for (const { r } of trades) {
    if (r === null) continue;
    const index = Math.floor((r - LOWEST_R) / BIN_R) + 1;
    counts[Math.min(inner + 1, Math.max(0, index))]!++;
  }
  return counts.map((count, i) => ({
    from: i === 0 ? -Infinity : LOWEST_R + (i - 1) * BIN_R,
    to: i === inner + 1 ? Infinity : LOWEST_R + i * BIN_R,
    count,
  }));
}

/** The share of the highest equity before it that each point has lost. */
export function drawdownsOf(points: readonly EquityPoint[]): number[] {
  let peak = -Infinity;
  return points.map(({ equity }) => {
    peak = Math.max(peak, equity);
    return peak > 0 ? Math.max(0, 1 - equity / peak) : 0;
  });
}
