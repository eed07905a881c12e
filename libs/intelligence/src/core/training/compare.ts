/**
 * Whether a challenger is better than the champion, on the same signals that neither had seen: less log loss and more
 * earned by what it would have traded, both beyond doubt. Outcomes of one time move together, so whole spans of time are
 * drawn anew (block bootstrap: Künsch 1989).
 */
import type { DurationMs, UtcMs } from '@slt/domain';
import type { Outlook } from '../model';
import { isWin, type Sample } from '../sample';
import { drawBelow, type Random } from './random';

/** One signal with what both said of it. */
export interface Duel {
  readonly sample: Pick<Sample, 'at' | 'closedAt' | 'r'>;
  readonly champion: Outlook;
  readonly challenger: Outlook;
}

export interface CompareOptions {
  /** Signals, at least. */
  readonly minSamples: number;
  /** Spans of time, at least: fewer tell nothing of how they vary. */
  readonly minBlocks: number;
  readonly draws: number;
}

export const COMPARE_DEFAULTS: CompareOptions = Object.freeze({
  minSamples: 200,
  minBlocks: 15,
  draws: 1_000,
});

/** Challenger against champion, a signal; above zero: the challenger is better. */
export interface Advantage {
  readonly mean: number;
  /** Of 95 %. */
  readonly low: number;
  readonly high: number;
}

export const VERDICTS = ['better', 'too-few-samples', 'not-better'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Comparison {
  readonly samples: number;
  readonly blocks: number;
  readonly blockMs: DurationMs;
  /** Log loss of the champion less that of the challenger; null without samples. */
  readonly logLoss: Advantage | null;
  /** R that what the challenger trades earned, less that of the champion; of all signals, traded or not. */
  readonly earnedR: Advantage | null;
  readonly verdict: Verdict;
}

/** A certainty that was wrong would cost infinitely much. */
const LEAST = 1e-15;
const MOST_BLOCKS = 200;
const CONFIDENCE = 0.95;

/** @param duels in the order of time */
export function compareModels(
  duels: readonly Duel[],
  random: Random,
  options: Partial<CompareOptions> = {},
): Comparison {
  const { minSamples, minBlocks, draws } = { ...COMPARE_DEFAULTS, ...options };
  const blockMs = blockLengthOf(duels);
  const blocks = blocksOf(duels, blockMs);
  const facts = { samples: duels.length, blocks: blocks.length, blockMs };
  if (duels.length === 0) return { ...facts, logLoss: null, earnedR: null, verdict: 'too-few-samples' };
  const { logLoss, earnedR } = bootstrap(blocks, random, draws);
  const isBetter = logLoss.low > 0 && earnedR.low > 0;
  const verdict = !isEnough(facts, { minSamples, minBlocks })
    ? 'too-few-samples'
    : isBetter
      ? 'better'
      : 'not-better';
  return { ...facts, logLoss, earnedR, verdict };
}

/** Whether there are so many that the verdict on them is not `too-few-samples`. @param samples in the order of time */
export function canBeCompared(
  samples: readonly Duel['sample'][],
  options: Partial<CompareOptions> = {},
): boolean {
  const rows = samples.map((sample) => ({ sample }));
  const blockMs = blockLengthOf(rows);
  const blocks = new Set(samples.map(({ at }) => Math.floor((at - samples[0]!.at) / blockMs)));
  return isEnough({ samples: samples.length, blocks: blocks.size }, { ...COMPARE_DEFAULTS, ...options });
}

const isEnough = (
  { samples, blocks }: Pick<Comparison, 'samples' | 'blocks'>,
  { minSamples, minBlocks }: Pick<CompareOptions, 'minSamples' | 'minBlocks'>,
): boolean => samples >= minSamples && blocks >= minBlocks;

/** What a model says of a signal, and what came of it. */
export type Judged = Pick<Duel, 'sample'> & { readonly prediction: Outlook };

/** What one trade of a model earns, of all that its lower bound would have traded. */
export interface Edge {
  readonly trades: number;
  readonly meanR: number;
  /** Of 95 %, by spans of time; null where the trades lie in too few of them to tell. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Null where it would have traded nothing. An edge is proved where `low` is above zero.
 * @param rows in the order of time
 */
export function edgeOf(
  rows: readonly Judged[],
  random: Random,
  options: Partial<Pick<CompareOptions, 'minBlocks' | 'draws'>> = {},
): Edge | null {
  const { minBlocks, draws } = { ...COMPARE_DEFAULTS, ...options };
  const traded = rows.filter(({ prediction }) => prediction.lowerBound > 0);
  if (traded.length === 0) return null;
  const blocks = new Map<number, Block>();
  const blockMs = blockLengthOf(rows);
  for (const { sample } of traded) {
    const key = Math.floor((sample.at - rows[0]!.sample.at) / blockMs);
    const block = blocks.get(key) ?? { count: 0, logLoss: 0, earnedR: 0 };
    blocks.set(key, block);
    block.count++;
    block.earnedR += sample.r;
  }
  const { mean: meanR, low, high } = bootstrap([...blocks.values()], random, draws).earnedR;
  const isTold = blocks.size >= minBlocks;
  return { trades: traded.length, meanR, low: isTold ? low : null, high: isTold ? high : null };
}

/** Twice the longest outcome, so that few reach from one span into the next. */
function blockLengthOf(duels: readonly Pick<Duel, 'sample'>[]): DurationMs {
  const longest = duels.reduce((most, { sample }) => Math.max(most, sample.closedAt - sample.at), 1);
  const from = duels[0]?.sample.at ?? 0;
  const to: UtcMs = duels.at(-1)?.sample.at ?? 0;
  return Math.max(2 * longest, Math.ceil((to - from + 1) / MOST_BLOCKS));
}

/** Sums of a span of time. */
interface Block {
  count: number;
  logLoss: number;
  earnedR: number;
}

function blocksOf(duels: readonly Duel[], blockMs: DurationMs): Block[] {
  const blocks = new Map<number, Block>();
  const from = duels[0]?.sample.at ?? 0;
  for (const { sample, champion, challenger } of duels) {
    const key = Math.floor((sample.at - from) / blockMs);
    const block = blocks.get(key) ?? { count: 0, logLoss: 0, earnedR: 0 };
    blocks.set(key, block);
    block.count++;
    block.logLoss += lossOf(champion, sample) - lossOf(challenger, sample);
    block.earnedR += earnedBy(challenger, sample) - earnedBy(champion, sample);
  }
  return [...blocks.values()];
}

function lossOf({ probability }: Outlook, sample: Duel['sample']): number {
  const given = isWin(sample) ? probability : 1 - probability;
  return -Math.log(Math.min(1, Math.max(LEAST, given)));
}

const earnedBy = ({ lowerBound }: Outlook, { r }: Duel['sample']): number => (lowerBound > 0 ? r : 0);

function bootstrap(
  blocks: readonly Block[],
  random: Random,
  draws: number,
): { logLoss: Advantage; earnedR: Advantage } {
  const logLosses = new Float64Array(draws);
  const earnings = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    const sum: Block = { count: 0, logLoss: 0, earnedR: 0 };
    for (let i = 0; i < blocks.length; i++) add(sum, blocks[drawBelow(random, blocks.length)]!);
    logLosses[draw] = sum.logLoss / sum.count;
    earnings[draw] = sum.earnedR / sum.count;
  }
  const all: Block = { count: 0, logLoss: 0, earnedR: 0 };
  for (const block of blocks) add(all, block);
  return {
    logLoss: advantageOf(all.logLoss / all.count, logLosses),
    earnedR: advantageOf(all.earnedR / all.count, earnings),
  };
}

function add(sum: Block, block: Block): void {
  sum.count += block.count;
  sum.logLoss += block.logLoss;
  sum.earnedR += block.earnedR;
}

function advantageOf(mean: number, drawn: Float64Array): Advantage {
  drawn.sort();
  const tail = (1 - CONFIDENCE) / 2;
  const at = (share: number): number => drawn[Math.min(drawn.length - 1, Math.floor(share * drawn.length))]!;
  return { mean, low: at(tail), high: at(1 - tail) };
}
