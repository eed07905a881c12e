/**
 * The Smart Money Concepts engine: one symbol, one interval, one closed candle at a time. The detectors know their
 * rules; here is only the order in which they work. Definitions: docs/smc.md.
 */
import type { Candle, CandleColumns, UtcMs } from '@slt/domain';
import { CandleWindow } from './candle-window';
import { DealingRange } from './dealing-range';
import { EqualLevels } from './equal-levels';
import { EventLog, type SmcInterests } from './event-log';
import { FairValueGaps } from './fair-value-gaps';
import { Liquidity } from './liquidity';
import { OrderBlocks } from './order-blocks';
import { Periods } from './periods';
import { StandingExtremes } from './pivots';
import { Sessions } from './sessions';
import { assertAllSound, assertSound } from './sound-candle';
import type { Side, SmcEvent } from './smc-event';
import { completeOptions, type SmcOptions } from './smc-options';
import { SmcGlance, type ViewMakers } from './smc-glance';
import { openSnapshot, SNAPSHOT_VERSION, type SmcSnapshot } from './smc-snapshot';
import type { SmcView, ZoneSketches } from './smc-view';
import type { SnapshotReader } from './snapshot-reader';
import { Structure } from './structure';
import { WilderAtr } from './wilder';

/** A gap asks for the candle two back. */
const LEAST_REACH = 2;

export class SmcEngine {
  readonly options: SmcOptions;
  private readonly log: EventLog;
  private readonly window: CandleWindow;
  private readonly extremes: StandingExtremes;
  private readonly atr: WilderAtr;
  private readonly gapAtr: WilderAtr;
  private readonly range: DealingRange;
  private readonly internalBlocks: OrderBlocks;
  private readonly swingBlocks: OrderBlocks;
  private readonly internal: Structure;
  private readonly swing: Structure;
  private readonly equalLevels: EqualLevels;
  private readonly gaps: FairValueGaps;
  private readonly liquidity: Liquidity;
  private readonly periods: Periods;
  private readonly sessions: Sessions;
  /** What `view` tells is the caller's own; of some parts a glance shares what the engine keeps. */
  private readonly glanceMakers: ViewMakers;
  private readonly nearestLiquidity = (side: Side, price: number): number | undefined =>
    this.liquidity.nearest(side, price);
  private readonly sketches: ZoneSketches = {
    orderBlocks: (tell) => {
      this.internalBlocks.sketch(tell);
      this.swingBlocks.sketch(tell);
    },
    gaps: (tell) => this.gaps.sketch(tell),
    liquidity: (tell) => this.liquidity.sketch(tell),
  };
  private readonly makers: ViewMakers = {
    candles: () => this.window.index + 1,
    lastOpenTime: () => this.lastOpenTime,
    atr: () => (Number.isNaN(this.atr.value) ? null : this.atr.value),
    structure: () => ({ swing: this.swing.view(), internal: this.internal.view() }),
    orderBlocks: () => [...this.internalBlocks.view(), ...this.swingBlocks.view()],
    gaps: () => this.gaps.view(),
    liquidity: () => this.liquidity.view(),
    dealingRange: () => this.range.view(this.swing.bias),
    periods: () => this.periods.view(),
    sessions: () => this.sessions.view(),
  };

  /**
   * @param interests events that are told of; without it all
   * @throws AppError invalid `SMC.OPTIONS`, every problem in one message
   */
  constructor(given: Partial<SmcOptions> = {}, interests?: SmcInterests) {
    const options = completeOptions(given);
    const { swingSize, internalSize, equalSize, atrLength, gapAtrLength, intervalMs, poolLimit } = options;
    const window = new CandleWindow(Math.max(swingSize, internalSize, equalSize, LEAST_REACH), intervalMs);
    const extremes = new StandingExtremes(window);
    const log = new EventLog(interests);
    const atr = new WilderAtr(window, atrLength);
    this.options = options;
    this.log = log;
    this.window = window;
    this.extremes = extremes;
    this.atr = atr;
    this.gapAtr = new WilderAtr(window, gapAtrLength);
    this.range = new DealingRange(window);
    this.internalBlocks = new OrderBlocks({ window, log, atr, options }, 'internal');
    this.swingBlocks = new OrderBlocks({ window, log, atr, options }, 'swing');
    this.internal = new Structure(
      { window, extremes, log, blocks: this.internalBlocks },
      'internal',
      internalSize,
    );
    this.swing = new Structure({ window, extremes, log, blocks: this.swingBlocks }, 'swing', swingSize);
    this.equalLevels = new EqualLevels({ window, extremes, log, atr, options });
    this.gaps = new FairValueGaps({ window, log, atr, gapAtr: this.gapAtr, options });
    this.liquidity = new Liquidity({ window, log, poolLimit });
    this.periods = new Periods({ window, log, liquidity: this.liquidity });
    this.sessions = new Sessions({ window, log, liquidity: this.liquidity });
    this.glanceMakers = {
      ...this.makers,
      structure: () => ({ swing: this.swing.glance(), internal: this.internal.glance() }),
      sessions: () => this.sessions.glance(),
    };
  }

  /** The engine that made the snapshot, before or after its way through JSON. @throws AppError invalid `SMC.SNAPSHOT` */
  static restore(snapshot: unknown): SmcEngine {
    const { options, state } = openSnapshot(snapshot);
    const engine = new SmcEngine(options);
    engine.restoreState(state);
    return engine;
  }

  /** Open time of the last candle taken, null before the first. */
  get lastOpenTime(): UtcMs | null {
    return this.window.index < 0 ? null : this.window.openTime;
  }

  /**
   * Takes the next closed candle; a hole before it does not matter.
   * @returns what it proved, in the order of work; always the same frozen list when that is nothing
   * @throws AppError invalid `SMC.CANDLE`; the state is then untouched
   */
  step(candle: Candle): readonly SmcEvent[] {
    assertSound(candle, this.window.openTime);
    this.window.accept(candle);
    this.advance();
    return this.log.take();
  }

  /**
   * Takes many candles, as `step` would one by one.
   * @param onEvent called after each candle with what it proved; without it no events are made
   * @throws AppError invalid `SMC.CANDLE` if one is not sound; none is then taken
   */
  warmUp(columns: CandleColumns, onEvent?: (event: SmcEvent) => void): void {
    const { window, log } = this;
    assertAllSound(columns, window.openTime);
    log.isMuted = onEvent === undefined;
    for (let i = 0; i < columns.length; i++) {
      window.acceptRow(columns, i);
      this.advance();
      if (onEvent !== undefined) log.takeEach(onEvent);
    }
    log.isMuted = false;
  }

  /** The whole state, small and quick to write. */
  snapshot(): SmcSnapshot {
    return {
      version: SNAPSHOT_VERSION,
      options: { ...this.options },
      state: {
        window: this.window.toJSON(),
        atr: this.atr.toJSON(),
        gapAtr: this.gapAtr.toJSON(),
        range: this.range.toJSON(),
        internal: this.internal.toJSON(),
        swing: this.swing.toJSON(),
        equalLevels: this.equalLevels.toJSON(),
        internalBlocks: this.internalBlocks.toJSON(),
        swingBlocks: this.swingBlocks.toJSON(),
        gaps: this.gaps.toJSON(),
        liquidity: this.liquidity.toJSON(),
        periods: this.periods.toJSON(),
        sessions: this.sessions.toJSON(),
      },
    };
  }

  /** The present state as plain data. */
  view(): SmcView {
    const { makers } = this;
    return {
      candles: makers.candles(),
      lastOpenTime: makers.lastOpenTime(),
      atr: makers.atr(),
      structure: makers.structure(),
      orderBlocks: makers.orderBlocks(),
      gaps: makers.gaps(),
      liquidity: makers.liquidity(),
      dealingRange: makers.dealingRange(),
      periods: makers.periods(),
      sessions: makers.sessions(),
    };
  }

  /**
   * The same for a look at a few of its parts, each made when it is asked for. Holds until the next candle, and is not to
   * be changed.
   */
  glance(): SmcView {
    return new SmcGlance(this.glanceMakers, this.nearestLiquidity, this.sketches);
  }

  /** The order of work within one candle, which the window has just taken. */
  private advance(): void {
    const { window, swing, internal, liquidity } = this;
    this.atr.step();
    this.gapAtr.step();
    window.markVolatile(this.options.volatilityFactor * this.atr.value);
    this.extremes.push(window.index);

    this.range.extend();
    const side = swing.stepPivots();
    const pivot = side === null ? null : side === 'high' ? swing.high : swing.low;
    if (pivot !== null) this.range.reset(pivot);
    internal.stepPivots();
    const pair = this.equalLevels.step();

    internal.stepBreaks(swing);
    swing.stepBreaks(null);
    if (window.isTurning) {
      internal.catchUp();
      swing.catchUp();
    }

    this.internalBlocks.step();
    this.swingBlocks.step();
    this.gaps.step();

    liquidity.step();
    if (pivot !== null) liquidity.add('swing', pivot.side, pivot);
    if (pair !== null) liquidity.add('equal', pair.side, { ...pair.pivot, level: pair.outerLevel });
    this.periods.step();
    this.sessions.step();
  }

  private restoreState(state: SnapshotReader): void {
    this.window.restore(state.part('window'));
    this.extremes.rebuild();
    const reader = state.at(this.window);
    this.atr.restore(reader, 'atr');
    this.gapAtr.restore(reader, 'gapAtr');
    this.range.restore(reader.part('range'));
    this.internal.restore(reader.part('internal'));
    this.swing.restore(reader.part('swing'));
    this.equalLevels.restore(reader.part('equalLevels'));
    this.internalBlocks.restore(reader.part('internalBlocks'));
    this.swingBlocks.restore(reader.part('swingBlocks'));
    this.gaps.restore(reader.part('gaps'));
    this.liquidity.restore(reader.part('liquidity'));
    this.periods.restore(reader.part('periods'));
    this.sessions.restore(reader.part('sessions'));
  }
}
