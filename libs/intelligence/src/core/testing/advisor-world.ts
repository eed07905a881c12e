/** A few symbols on random walks whose set-ups come by chance: an advisor is told all of it, in any order it may come in. */
import { type Candle, MINUTE_MS, type UtcMs } from '@slt/domain';
import type { Advisor, Assessment, Decision, ScoreInput, Signal, Trade } from '@slt/trading';
import { LearningAdvisor } from '../advisor';
import type { AdvisorParts } from '../advisor-ports';
import { EdgeGate } from '../gate/edge-gate';
import { OnlineLearner } from '../learner/online-learner';
import { NO_MARKET_FACTS } from '../market-facts';
import { uniformFrom } from './signal-stream';

export const WORLD_START: UtcMs = Date.UTC(2025, 4, 6, 10);
const SYMBOLS = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT', 'DDDUSDT'];
const SETUPS = ['sweep-reversal', 'block-retest', 'gap-continuation'] as const;
const FEATURE_NAMES = ['drift', 'unknown-at-times', 'noise'];

/** Features are hidden in the evidence, where a test can read them. */
export const specParts = (given: Partial<AdvisorParts> = {}): AdvisorParts => ({
  featuresOf: ({ relativeVolume = NaN, entry, stop }) => [
    relativeVolume,
    relativeVolume > 1 ? NaN : 0.5,
    entry - stop,
  ],
  featureVersion: 7,
  facts: NO_MARKET_FACTS,
  heuristic: () => ({ confidence: 0.65, parts: { base: 0.65 } }),
  learner: {
    create: () => new OnlineLearner(FEATURE_NAMES),
    restore: (snapshot) => OnlineLearner.restore(snapshot, FEATURE_NAMES),
  },
  gate: { create: () => new EdgeGate(), restore: (snapshot) => EdgeGate.restore(snapshot) },
  mayExplore: true,
  ...given,
  options: { minOutcomes: 30, ...given.options },
});

/** What one symbol does in one minute. */
interface Happening {
  readonly symbol: string;
  readonly candle: Candle;
  readonly inputs: readonly ScoreInput[];
}

interface Minute {
  /** Told before the closes of the minute. */
  readonly ends: readonly { readonly signalId: string; readonly r: number | null; readonly at: UtcMs }[];
  readonly happenings: readonly Happening[];
}

export const idOf = ({ symbol, interval, setup, direction, at }: ScoreInput): string =>
  `${symbol}:${interval}:${setup}:${direction}:${at}`;

/** The same for the same seed, whoever is told. Signals drift their way by `edge` of their risk a minute. */
export function worldOf(seed: number, minutes: number, edge = 0): readonly Minute[] {
  const random = uniformFrom(seed);
  const prices = new Map(SYMBOLS.map((symbol) => [symbol, 100]));
  const pulls = new Map<string, { sign: number; until: number }>();
  const ends = new Map<number, { signalId: string; r: number | null; at: UtcMs }[]>();
  return Array.from({ length: minutes }, (_, minute) => {
    const openTime = WORLD_START + minute * MINUTE_MS;
    const happenings = SYMBOLS.map((symbol): Happening => {
      const pull = pulls.get(symbol);
      const drift = pull !== undefined && pull.until > minute ? pull.sign * edge : 0;
      const open = prices.get(symbol)! * (1 + (random() - 0.5) * 0.0005);
      const close = open * (1 + (random() - 0.5) * 0.006 + drift * 0.01);
      prices.set(symbol, close);
      const [high, low] = [
        Math.max(open, close) * (1 + random() * 0.001),
        Math.min(open, close) * (1 - random() * 0.001),
      ];
      const inputs: ScoreInput[] = [];
      if (random() < 0.12) {
        const isLong = random() < 0.5;
        const sign = isLong ? 1 : -1;
        const input = inputOf(
          symbol,
          openTime + MINUTE_MS,
          close,
          isLong,
          Math.floor(random() * 3),
          random() * 2,
        );
        inputs.push(input);
        pulls.set(symbol, { sign, until: minute + 60 });
        // Some that are traded end otherwise, a while later; some are never filled.
        const [fate, later] = [random(), 1 + Math.floor(random() * 40)];
        if (fate < 0.6) {
          const end = { signalId: idOf(input), r: fate < 0.2 ? null : random() * 3 - 1.2 };
          const at = openTime + later * MINUTE_MS + Math.floor(random() * 59_999);
          ends.set(minute + later, [...(ends.get(minute + later) ?? []), { ...end, at }]);
        }
      }
      return { symbol, candle: { openTime, open, high, low, close, volume: 1 }, inputs };
    });
    return { ends: ends.get(minute) ?? [], happenings };
  });
}

function inputOf(
  symbol: string,
  at: UtcMs,
  entry: number,
  isLong: boolean,
  setup: number,
  relativeVolume: number,
): ScoreInput {
  const sign = isLong ? 1 : -1;
  return {
    symbol,
    interval: '1m',
    at,
    series: undefined,
    setup: SETUPS[setup]!,
    direction: isLong ? 'long' : 'short',
    entry,
    stop: entry * (1 - sign * 0.01),
    target: entry * (1 + sign * 0.02),
    targetIs: 'reward',
    evidence: { kind: 'gap', height: 1 },
    // Nobody looks at it here: the features are made of the rest.
    view: undefined as never,
    relativeVolume,
  };
}

/** Tells the advisor a world, and keeps what it said. */
export class AdvisorRun {
  readonly assessments = new Map<string, Assessment>();
  private readonly traded = new Set<string>();

  constructor(public advisor: LearningAdvisor = new LearningAdvisor(specParts())) {}

  /** @param shuffle order of what happens together */
  tell(minute: Minute, shuffle: <T>(items: readonly T[]) => readonly T[] = (items) => items): void {
    for (const { signalId, r, at } of shuffle(minute.ends)) {
      if (!this.traded.delete(signalId)) continue;
      if (r === null) this.advisor.retracted(signalId, 'ENTRY_NOT_FILLED');
      else this.advisor.traded(tradeOf(signalId, r, at));
    }
    for (const { symbol, candle, inputs } of shuffle(minute.happenings)) {
      this.advisor.onCandle(symbol, '1m', candle);
      for (const input of inputs) this.consider(input, this.advisor);
    }
  }

  private consider(input: ScoreInput, advisor: Advisor): void {
    const { confidence, parts, assessment } = advisor.score(input);
    const { symbol, interval, setup, direction, at, entry, stop, target } = input;
    const id = idOf(input);
    this.assessments.set(id, assessment!);
    const isTraded = confidence >= 0.6 && assessment!.refusals.length === 0;
    if (isTraded) this.traded.add(id);
    const decision: Decision = isTraded
      ? { decision: 'traded', reasons: [] }
      : { decision: 'refused', reasons: ['CONFIDENCE_TOO_LOW'] };
    const signal: Signal = {
      id,
      symbol,
      interval,
      setup,
      direction,
      at,
      entry,
      stop,
      target,
      confidence,
      parts,
      assessment: assessment!,
    };
    advisor.decided(signal, decision);
  }
}

export function tradeOf(positionId: string, r: number, exitTime: UtcMs, given: Partial<Trade> = {}): Trade {
  return {
    positionId,
    symbol: positionId.split(':')[0]!,
    setup: 'block-retest',
    direction: 'long',
    quantity: '1',
    entryTime: exitTime - MINUTE_MS,
    entryPrice: '100',
    exitTime,
    exitPrice: '101',
    exitReason: 'target',
    realizedPnl: '1',
    fees: '0.1',
    funding: '0',
    netPnl: '0.9',
    r,
    confidence: 0.65,
    ...given,
  };
}
