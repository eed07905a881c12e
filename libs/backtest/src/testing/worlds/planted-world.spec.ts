import type { Signal } from '@slt/trading';
import { runBacktest } from '../../backtest';
import { sure } from '../spec-market';
import type { Fate } from './planted-walk';
import { oracle } from './oracle';
import { type PlantedOptions, plantedWorld, WORLD_START } from './world';

const FLIP_MINUTE = 4_000;
const OPTIONS: PlantedOptions = {
  seed: 1,
  symbols: 3,
  minutes: 7_000,
  volatility: [0.002, 0.003],
  setup: 'gap-continuation',
  chance: 0.6,
  flip: { minute: FLIP_MINUTE, chance: 0.2 },
};
const FLIP_AT = WORLD_START + FLIP_MINUTE * 60_000;
const WORLD = plantedWorld(OPTIONS);
const CLEAN = WORLD.fates.filter(({ isSpoiled }) => !isSpoiled);
const FATES = new Map(WORLD.fates.map((fate) => [fate.signal.id, fate]));

const rewardOf = ({ entry, stop, target }: Signal): number => (target - entry) / (entry - stop);
/** How far the sum of outcomes lies from what was planted, in standard deviations. */
function deviationFrom(chance: number, fates: readonly Fate[]): number {
  let distance = 0;
  let variance = 0;
  for (const { signal, ending } of fates) {
    const planted = (3 * chance) / (1 + rewardOf(signal));
    distance += Number(ending === 'target') - planted;
    variance += planted * (1 - planted);
  }
  return distance / Math.sqrt(variance);
}

describe('a market with a planted edge', () => {
  const planted = CLEAN.filter(({ isPlanted }) => isPlanted);
  const before = planted.filter(({ signal }) => signal.at < FLIP_AT);
  const after = planted.filter(({ signal }) => signal.at >= FLIP_AT);

  it('lets the planted set-up win as often as was planted, before and after it turns', () => {
    expect([before.length, after.length].every((count) => count > 40)).toBe(true);
    expect(Math.abs(deviationFrom(0.6, before))).toBeLessThan(3.5);
    expect(Math.abs(deviationFrom(0.2, after))).toBeLessThan(3.5);
    // Without an edge they would lie elsewhere.
    expect(deviationFrom(1 / 3, before)).toBeGreaterThan(2);
  });

  it('gives each signal its candles to itself, but for a few that say so', () => {
    expect(CLEAN.length).toBeGreaterThan(0.9 * WORLD.fates.length);
    const ends = new Map<string, number>();
    for (const { signal } of CLEAN) {
      expect(signal.at).toBeGreaterThanOrEqual(ends.get(signal.symbol) ?? 0);
      ends.set(signal.symbol, signal.at);
    }
  });

  it('is seen by the backtest as it was made: the oracle’s trades end as was decided', async () => {
    const decided: Signal[] = [];
    const result = await runBacktest({
      ...WORLD.source,
      charts: 0,
      scorer: oracle({ setup: OPTIONS.setup, until: FLIP_AT }),
      limits: { tiers: [{ confidence: 0.6, share: 0.0005 }] },
      observer: { decided: (signal) => void decided.push(signal), retracted: noop, traded: noop },
    });
    const seen = new Map(decided.map((signal) => [signal.id, signal]));
    for (const { signal } of WORLD.fates) {
      expect(seen.get(signal.id)).toMatchObject({
        entry: signal.entry,
        stop: signal.stop,
        target: signal.target,
      });
    }
    const trades = result.trades.filter(({ positionId }) => FATES.get(positionId)?.isSpoiled === false);
    expect(trades.length).toBeGreaterThan(40);
    for (const { positionId, exitReason } of trades) {
      expect(FATES.get(positionId)!.isPlanted).toBe(true);
      expect(exitReason === 'target').toBe(FATES.get(positionId)!.ending === 'target');
    }
    expect(Number(result.performance.netPnl)).toBeGreaterThan(0);
  });

  it('leaves the other set-ups nothing', async () => {
    const fates = CLEAN.filter(({ isPlanted }) => !isPlanted);
    expect(fates.length).toBeGreaterThan(15);
    const result = await runBacktest({
      ...WORLD.source,
      charts: 0,
      scorer: (input) => sure(input.setup === OPTIONS.setup ? 0 : 0.9)(input),
      limits: { tiers: [{ confidence: 0.6, share: 0.0005 }] },
    });
    expect(Number(result.performance.netPnl)).toBeLessThan(0);
  });

  it('is the same for the same seed', () => {
    const short = { ...OPTIONS, symbols: 1, minutes: 1_000 };
    expect(plantedWorld(short).candles).toEqual(plantedWorld(short).candles);
  });
});

const noop = (): void => undefined;
