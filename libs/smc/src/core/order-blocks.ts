/** Order blocks of one scale: what each break leaves behind, and what price makes of it. */
import type { CandleWindow } from './candle-window';
import { emptyRows, pick } from './columns';
import type { BlockSearch } from './block-search';
import type { EventLog } from './event-log';
import type { Direction, OrderBlockState, Scale } from './smc-event';
import type { Mitigation, SmcOptions } from './smc-options';
import type { TellBlock, OrderBlockView } from './smc-view';
import type { SnapshotReader } from './snapshot-reader';
import type { WilderAtr } from './wilder';
import { ZoneBook } from './zone-book';
import { orderBlockLife } from './zone-life';
import { plansOf } from './zone-plan';

export interface OrderBlockParts {
  readonly window: CandleWindow;
  readonly log: EventLog;
  readonly atr: WilderAtr;
  readonly options: SmcOptions;
}

type LiveState = OrderBlockView['state'];

const PLANS = {
  wick: plansOf(orderBlockLife('wick')),
  close: plansOf(orderBlockLife('close')),
} as const satisfies Record<Mitigation, unknown>;

const ID_PREFIXES = {
  internal: { bullish: 'ob-internal-bullish-', bearish: 'ob-internal-bearish-' },
  swing: { bullish: 'ob-swing-bullish-', bearish: 'ob-swing-bearish-' },
} as const satisfies Record<Scale, unknown>;

/** What a row of traits holds. */
const VOLUME = 0;
const IMPULSE_VOLUME = 1;
/** NaN: none. */
const STRENGTH = 2;
const WIDTH = 3;

export class OrderBlocks {
  private readonly book: ZoneBook<Exclude<OrderBlockState, 'dropped'>>;
  /** By the book's slots. */
  private readonly traits = emptyRows();

  constructor(
    private readonly parts: OrderBlockParts,
    readonly scale: Scale,
  ) {
    const { window, options } = parts;
    this.book = new ZoneBook({
      window,
      plans: PLANS[options.mitigation],
      idPrefix: ID_PREFIXES[scale],
      freshLimit: options.blockLimit,
      keptLimit: options.breakerLimit,
      hears: (state) => parts.log.wants('order-block', state),
      announce: (slot, state) => this.announce(slot, state),
    });
  }

  /** The block of a break by the present candle, which is no candidate itself. */
  add(direction: Direction, search: BlockSearch): void {
    const { window, atr } = this.parts;
    search.takeUpTo(window.index - 1);
    const { top, bottom, at, atTime } = search;
    const slot = this.book.open({ direction, top, bottom, at, atTime });
    const range = Math.max(search.high, window.high) - Math.min(search.low, window.low);
    this.describe(slot, {
      volume: search.volume,
      impulseVolume: search.impulseVolume + window.volume,
      strength: range / atr.value,
    });
    this.announce(slot, 'active');
  }

  step(): void {
    this.book.step();
  }

  view(): OrderBlockView[] {
    return this.book.live().map((slot) => this.blockOf(slot));
  }

  sketch(tell: TellBlock): void {
    const { book, traits } = this;
    book.forEach((slot) => {
      const strength = orNull(traits[slot * WIDTH + STRENGTH]!);
      tell(
        book.direction(slot),
        book.stateOf(slot) as LiveState,
        book.top(slot),
        book.bottom(slot),
        strength,
      );
    });
  }

  toJSON(): unknown {
    const slots = this.book.live();
    return {
      ...this.book.toColumns(slots),
      volume: pick(this.traits, { width: WIDTH, offset: VOLUME }, slots),
      impulseVolume: pick(this.traits, { width: WIDTH, offset: IMPULSE_VOLUME }, slots),
      // No strength is negative: −1 stands for none.
      strength: slots.map((slot) => orNull(this.traits[slot * WIDTH + STRENGTH]!) ?? -1),
    };
  }

  restore(reader: SnapshotReader): void {
    const slots = this.book.restore(reader);
    const length = slots.length;
    const volume = reader.column('volume', { length });
    const impulseVolume = reader.column('impulseVolume', { length, max: Number.MAX_VALUE });
    const strength = reader.column('strength', { length, min: -1, max: Number.MAX_VALUE });
    slots.forEach((slot, i) => {
      if (strength[i]! < 0 && strength[i] !== -1) reader.fail(`strength[${i}]`, 'is negative');
      this.describe(slot, {
        volume: volume[i]!,
        impulseVolume: impulseVolume[i]!,
        strength: strength[i] === -1 ? NaN : strength[i]!,
      });
    });
  }

  private blockOf(slot: number): OrderBlockView {
    const { book, traits } = this;
    return {
      id: book.idOf(slot),
      scale: this.scale,
      direction: book.direction(slot),
      state: book.stateOf(slot) as LiveState,
      top: book.top(slot),
      bottom: book.bottom(slot),
      at: book.at(slot),
      atTime: book.atTime(slot),
      volume: traits[slot * WIDTH + VOLUME]!,
      impulseVolume: traits[slot * WIDTH + IMPULSE_VOLUME]!,
      strength: orNull(traits[slot * WIDTH + STRENGTH]!),
    };
  }

  private describe(slot: number, block: { volume: number; impulseVolume: number; strength: number }): void {
    const { traits } = this;
    const row = slot * WIDTH;
    if (row === traits.length) traits.push(0, 0, 0);
    traits[row + VOLUME] = block.volume;
    traits[row + IMPULSE_VOLUME] = block.impulseVolume;
    traits[row + STRENGTH] = block.strength;
  }

  private announce(slot: number, state: OrderBlockState): void {
    const { window, log } = this.parts;
    if (!log.wants('order-block', state)) return;
    const { book } = this;
    log.add({
      kind: 'order-block',
      scale: this.scale,
      direction: book.direction(slot),
      state,
      id: book.idOf(slot),
      top: book.top(slot),
      bottom: book.bottom(slot),
      volume: this.traits[slot * WIDTH + VOLUME]!,
      impulseVolume: this.traits[slot * WIDTH + IMPULSE_VOLUME]!,
      strength: orNull(this.traits[slot * WIDTH + STRENGTH]!),
      at: book.at(slot),
      atTime: book.atTime(slot),
      knownAt: window.index,
      knownAtTime: window.openTime,
    });
  }
}

/** JSON knows neither NaN (no ATR yet) nor Infinity (an ATR next to nothing). */
function orNull(strength: number): number | null {
  return Number.isFinite(strength) ? strength : null;
}
