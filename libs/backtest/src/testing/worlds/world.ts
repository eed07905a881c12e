/** Generated markets of several symbols: without any edge, or with one that was planted. The seed decides everything. */
import { type Candle, columnsOf, MINUTE_MS, sliceColumns, type UtcMs } from '@slt/domain';
import type { Setup } from '@slt/trading';
import type { BacktestOptions } from '../../backtest';
import { Dice } from './dice';
import { INTERVAL } from './eye';
import { type Fate, PlantedWalk } from './planted-walk';
import { commonShocks, PriceWalk, type SymbolFacts } from './price-walk';

export interface WorldOptions {
  readonly seed: number;
  readonly symbols: number;
  /** Candles of each symbol. */
  readonly minutes: number;
  /** Standard deviation of a minute's return, from the calmest symbol to the wildest. */
  readonly volatility: readonly [number, number];
}

export interface PlantedOptions extends WorldOptions {
  readonly setup: Setup;
  /** That a signal of the set-up is up by 2 R before it is down by 1; without an edge 1/3. */
  readonly chance: number;
  readonly flip?: { readonly minute: number; readonly chance: number } | undefined;
}

export interface World {
  readonly candles: ReadonlyMap<string, readonly Candle[]>;
  /** What was decided about the signals, in the order of time; none where nothing was planted. */
  readonly fates: readonly Fate[];
  /** What a backtest reads it by. */
  readonly source: Required<Pick<BacktestOptions, 'recordings' | 'interval' | 'read'>>;
}

export const WORLD_START: UtcMs = Date.UTC(2025, 5, 2);
const BATCH = 4_096;
/** Words that keep apart what is drawn for different ends. */
const COMMON = 1;
const FACTS = 2;
const PATH = 3;

export function nullWorld(options: WorldOptions): World {
  const dice = (index: number): Dice => new Dice(options.seed, PATH, index);
  return worldOf(
    walksOf(options).map((walk, index) => ({
      symbol: walk.facts.symbol,
      candles: wandered(walk, dice(index), options.minutes),
      fates: [],
    })),
  );
}

export function plantedWorld(options: PlantedOptions): World {
  const { seed, setup, chance, flip, minutes } = options;
  const flipAt = flip === undefined ? Infinity : WORLD_START + flip.minute * MINUTE_MS;
  const chanceAt = (at: UtcMs): number => (at < flipAt ? chance : flip!.chance);
  return worldOf(
    walksOf(options).map((walk, index) => {
      const { candles, fates } = new PlantedWalk(
        walk,
        { setup, chanceAt },
        new Dice(seed, PATH, index),
        minutes,
      ).grow();
      return { symbol: walk.facts.symbol, candles, fates };
    }),
  );
}

function walksOf({ seed, symbols, minutes, volatility }: WorldOptions): PriceWalk[] {
  const shocks = commonShocks(new Dice(seed, COMMON), minutes);
  return Array.from({ length: symbols }, (_, index) => {
    const dice = new Dice(seed, FACTS, index);
    return new PriceWalk(factsOf(index, dice, volatility), WORLD_START, shocks);
  });
}

function factsOf(index: number, dice: Dice, volatility: readonly [number, number]): SymbolFacts {
  return {
    symbol: `${letters(index)}USDT`,
    startTicks: Math.floor(dice.between(20_000, 80_000)),
    decimals: Math.floor(dice.between(1, 5)),
    volatility: dice.between(...volatility),
    common: dice.between(0.2, 0.5),
    turnover: dice.between(5e5, 2e6),
  };
}

/** AA, AB, …: in the order of the alphabet also where there are more than 26. */
const letters = (index: number): string =>
  String.fromCharCode(65 + Math.floor(index / 26), 65 + (index % 26));

function wandered(walk: PriceWalk, dice: Dice, minutes: number): Candle[] {
  let state = walk.first;
  return Array.from({ length: minutes }, (_, minute) => {
    const drawn = walk.draw(state, minute, dice);
    state = drawn.state;
    return drawn.candle;
  });
}

interface Grown {
  readonly symbol: string;
  readonly candles: readonly Candle[];
  readonly fates: readonly Fate[];
}

function worldOf(grown: readonly Grown[]): World {
  const columns = new Map(grown.map(({ symbol, candles }) => [symbol, columnsOf(candles)]));
  return {
    candles: new Map(grown.map(({ symbol, candles }) => [symbol, candles])),
    fates: grown.flatMap(({ fates }) => fates).sort(byTime),
    source: {
      recordings: grown.map(({ symbol }) => ({ symbol, files: [symbol], fundingFiles: [] })),
      interval: INTERVAL,
      read: async function* (symbol) {
        await Promise.resolve();
        const all = columns.get(symbol)!;
        for (let start = 0; start < all.length; start += BATCH) {
          const end = Math.min(start + BATCH, all.length);
          yield { columns: sliceColumns(all, start, end), placeOf: (row) => `candle ${start + row + 1}` };
        }
      },
    },
  };
}

function byTime({ signal: a }: Fate, { signal: b }: Fate): number {
  return a.at - b.at || (a.id < b.id ? -1 : Number(a.id > b.id));
}
