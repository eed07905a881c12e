/** The markets of the learning proof: how large they are, and what is measured in them. Bars: docs/learning-proof.md. */
import { MINUTE_MS } from '@slt/domain';
import type { RiskLimits, Setup } from '@slt/trading';
import {
  type FlipFigures,
  flipFigures,
  type NullFigures,
  nullFigures,
  type PlantedFigures,
  plantedFigures,
  type Said,
  saidOf,
} from './figures';
import { oracle } from './oracle';
import { judgeBy, learn } from './trial';
import { nullWorld, plantedWorld, WORLD_START, type WorldOptions } from './world';

export interface ScenarioOptions {
  readonly seed: number;
  /** Candles of each symbol; without it as many as the scenario's bar needs. */
  readonly minutes?: number | undefined;
  readonly symbols?: number | undefined;
  /** That is planted. */
  readonly setup?: Setup | undefined;
  /** Signals after which profit is compared; without it FOUND_AFTER. */
  readonly foundAfter?: number | undefined;
}

/** Most of its targets are at 2 R; those of the others are at pools, farther away. */
const PLANTED: Setup = 'gap-continuation';
const CHANCE = 0.6;
const FLIPPED = 0.2;
const SYMBOLS = 10;
/** Signals come about 23 to a thousand candles where nothing is planted, else 15. */
const NULL_MINUTES = 12_000;
const PLANTED_MINUTES = 24_000;
/** The edge turns after about two thousand signals. */
const FLIP_MINUTES = 22_000;
const FLIP_MINUTE = 14_000;
/** From costs of half an R to a tenth. */
const NULL_VOLATILITY = [0.0008, 0.003] as const;
/** Costs are 0.1 to 0.2 R. */
const PLANTED_VOLATILITY = [0.0018, 0.003] as const;
/** One tier, so small that profit is a sum of outcomes and not what has grown of the first of them. */
const SMALL: Partial<RiskLimits> = { tiers: [{ confidence: 0.6, share: 0.0005 }] };

export interface NullRun extends NullFigures {
  readonly said: readonly Said[];
}

/** Without an edge; sized as by default. */
export async function nullRun({ seed, ...given }: ScenarioOptions): Promise<NullRun> {
  const trial = await learn(nullWorld(sizeOf(seed, given, NULL_MINUTES, NULL_VOLATILITY)), seed);
  return { ...nullFigures(trial), said: saidOf(trial) };
}

export interface PlantedRun extends PlantedFigures {
  readonly said: readonly Said[];
}

/** Where one set-up is up by 2 R before it is down by 1 in 60 of 100 cases. */
export async function plantedRun({
  seed,
  setup = PLANTED,
  foundAfter,
  ...given
}: ScenarioOptions): Promise<PlantedRun> {
  const size = sizeOf(seed, given, PLANTED_MINUTES, PLANTED_VOLATILITY);
  const world = plantedWorld({ ...size, setup, chance: CHANCE });
  const learner = await learn(world, seed, { limits: SMALL });
  const knowing = await judgeBy(world, oracle({ setup }), { limits: SMALL });
  return { ...plantedFigures(learner, knowing, { setup, foundAfter }), said: saidOf(learner) };
}

/** Where it is so up to a moment, and from then on in 20 of 100 cases. */
export async function flipRun({ seed, setup = PLANTED, ...given }: ScenarioOptions): Promise<FlipFigures> {
  const size = sizeOf(seed, given, FLIP_MINUTES, PLANTED_VOLATILITY);
  const minute = Math.floor((size.minutes * FLIP_MINUTE) / FLIP_MINUTES);
  const world = plantedWorld({ ...size, setup, chance: CHANCE, flip: { minute, chance: FLIPPED } });
  const trial = await learn(world, seed, { limits: SMALL });
  return flipFigures(trial, WORLD_START + minute * MINUTE_MS);
}

function sizeOf(
  seed: number,
  { minutes, symbols = SYMBOLS }: Pick<ScenarioOptions, 'minutes' | 'symbols'>,
  usual: number,
  volatility: readonly [number, number],
): WorldOptions {
  return { seed, symbols, minutes: minutes ?? usual, volatility };
}
