/**
 * All set-ups of one symbol and interval: closed candles and what SMC made of them in, signals out. Causal: a signal is
 * a function of the candles up to its own. A candle that completes nothing costs a few comparisons and allocates nothing.
 */
import { type Candle, type DurationMs, type Interval, intervalMs } from '@slt/domain';
import type { Direction as SmcDirection, SmcEvent, SmcInterests, SmcView } from '@slt/smc';
import { type Scorer, scoreByParts } from '../confidence';
import type { Signal } from '../signal';
import { BlockRetest } from './block-retest';
import { bracketOf } from './bracket';
import { GapContinuation } from './gap-continuation';
import { tradingInterests } from './interests';
import { type Candidate, type MarketContext, NO_CANDIDATES } from './setup';
import { completeSetupOptions, type SetupOptions } from './setup-options';
import { SweepReversal } from './sweep-reversal';

const SMC_WORD = { long: 'bullish', short: 'bearish' } as const;
const NO_SIGNALS: readonly Signal[] = Object.freeze([]);

export interface SetupEngineParts {
  readonly symbol: string;
  readonly interval: Interval;
  readonly options?: Partial<SetupOptions>;
  /** Without it the heuristic. */
  readonly scorer?: Scorer;
}

/** A candle and what SMC proved by it. */
export interface SetupStep {
  readonly candle: Candle;
  readonly events: readonly SmcEvent[];
}

export class SetupEngine {
  readonly symbol: string;
  readonly interval: Interval;
  private readonly options: SetupOptions;
  private readonly scorer: Scorer;
  private readonly lengthMs: DurationMs;
  private readonly sweeps: SweepReversal;
  private readonly blocks: BlockRetest;
  private readonly gaps: GapContinuation;
  /** The view's, as far as events have told it: spares the view for most of what is refused. */
  private swingBias: SmcDirection | undefined;

  /** @throws AppError invalid, `SETUP.OPTIONS` */
  constructor({ symbol, interval, options, scorer }: SetupEngineParts) {
    this.symbol = symbol;
    this.interval = interval;
    this.options = completeSetupOptions(options);
    this.scorer = scorer ?? scoreByParts;
    this.lengthMs = intervalMs(interval);
    const { sweepWithin, retestWithin } = this.options;
    this.sweeps = new SweepReversal(sweepWithin);
    this.blocks = new BlockRetest(retestWithin);
    this.gaps = new GapContinuation(retestWithin);
  }

  /** What an SMC engine that feeds nobody else has to tell. @param atrLength of the engine's ATR */
  interests(atrLength: number): SmcInterests {
    return tradingInterests(this.options, atrLength);
  }

  /** What waits is at most so many candles old: as many, with their events, bring `warmUp` to the very same state. */
  get memory(): number {
    return Math.max(this.options.sweepWithin, this.options.retestWithin) + 1;
  }

  /**
   * Takes the next closed candle.
   * @param events what SMC proved by this candle
   * @param context is asked only when a set-up is complete
   * @returns at most one signal a set-up and direction; always the same frozen list when there is none
   */
  onCandle(candle: Candle, events: readonly SmcEvent[], context: MarketContext): readonly Signal[] {
    const found = this.find(candle, events);
    return found.length === 0 ? NO_SIGNALS : this.signalsOf(found, candle, context);
  }

  /**
   * The first half of `onCandle`: takes the candle, and asks nobody but the symbol itself.
   * @returns set-ups that it completes and that may be worth a signal; always the same frozen list when there is none
   */
  find(candle: Candle, events: readonly SmcEvent[]): readonly Candidate[] {
    if (events.length > 0) this.hear(events);
    const sweeps = this.sweeps.step(candle);
    const blocks = this.blocks.step(candle);
    const gaps = this.gaps.step(candle);
    if (sweeps.length + blocks.length + gaps.length === 0) return NO_CANDIDATES;
    return this.worthOf(gaps, this.worthOf(blocks, this.worthOf(sweeps, NO_CANDIDATES)));
  }

  /** The second half. @param candidates what `find` returned for this candle, the newest that it has taken */
  signalsOf(candidates: readonly Candidate[], candle: Candle, context: MarketContext): readonly Signal[] {
    const view = context.view();
    if (view === undefined) return NO_SIGNALS;
    let signals: Signal[] | undefined;
    for (const candidate of candidates) {
      const signal = this.signalOf(candidate, candle, view, context);
      if (signal !== undefined) (signals ??= []).push(signal);
    }
    return signals ?? NO_SIGNALS;
  }

  /** After a (re)start: the newest candles with their events, ascending, at least `memory` of them. Tells no signals. */
  warmUp(steps: Iterable<SetupStep>): void {
    this.reset();
    for (const { candle, events } of steps) this.find(candle, events);
  }

  /** Forgets what waits: the series was loaded anew. */
  reset(): void {
    this.sweeps.reset();
    this.blocks.reset();
    this.gaps.reset();
    this.swingBias = undefined;
  }

  private worthOf(candidates: readonly Candidate[], before: readonly Candidate[]): readonly Candidate[] {
    let found = before;
    for (let i = 0; i < candidates.length; i++) {
      if (this.mayBeWorthy(candidates[i]!)) found = [...found, candidates[i]!];
    }
    return found;
  }

  /** By their places: the list of none is a frozen one, and an iterator over lists of two kinds is made anew each time. */
  private hear(events: readonly SmcEvent[]): void {
    for (let i = 0; i < events.length; i++) {
      const event = events[i]!;
      switch (event.kind) {
        case 'fair-value-gap':
          this.gaps.hear(event);
          break;
        case 'order-block':
          this.blocks.hear(event, events);
          break;
        case 'bos':
        case 'choch':
          if (event.scale === 'swing') this.swingBias = event.direction;
          this.sweeps.hear(event);
          break;
        case 'liquidity':
          this.sweeps.hear(event);
          break;
        default:
      }
    }
  }

  /** The part of `isWorthy` that needs no view; the swing's bias only as far as it is known. */
  private mayBeWorthy({ direction, evidence }: Candidate): boolean {
    if (evidence.kind === 'sweep') return true;
    if (evidence.kind === 'block') {
      if (!((evidence.strength ?? 0) >= this.options.blockMinStrength)) return false;
      if (evidence.scale === 'swing') return true;
    }
    return this.swingBias === undefined || this.swingBias === SMC_WORD[direction];
  }

  private signalOf(
    candidate: Candidate,
    candle: Candle,
    view: SmcView,
    context: MarketContext,
  ): Signal | undefined {
    if (!isWorthy(candidate, view, this.options)) return undefined;
    const { setup, direction, evidence } = candidate;
    const { symbol, interval } = this;
    const entry = candle.close;
    const bracket = bracketOf(candidate, entry, view, this.options);
    if (bracket === undefined) return undefined;
    const { stop, target, targetIs } = bracket;
    const at = candle.openTime + this.lengthMs;
    const { confidence, parts, assessment } = this.scorer({
      symbol,
      interval,
      at,
      series: context.series?.(),
      setup,
      direction,
      entry,
      stop,
      target,
      targetIs,
      evidence,
      view,
      relativeVolume: context.relativeVolume?.(),
    });
    const signal = {
      id: `${symbol}:${interval}:${setup}:${direction}:${at}`,
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
    };
    return assessment === undefined ? signal : Object.assign(signal, { assessment });
  }
}

/** What only the view tells: gaps go with the swing, and so do blocks of the smaller structure; no gap is too small. */
function isWorthy({ direction, evidence }: Candidate, view: SmcView, options: SetupOptions): boolean {
  if (evidence.kind === 'sweep' || (evidence.kind === 'block' && evidence.scale === 'swing')) return true;
  if (view.structure.swing.bias !== SMC_WORD[direction]) return false;
  return evidence.kind === 'block' || (view.atr !== null && evidence.height >= options.gapMinAtr * view.atr);
}
