/** Fair value gaps: three candles whose outer wicks leave a gap, with the middle one closed beyond it. */
import type { CandleWindow } from './candle-window';
import type { EventLog } from './event-log';
import type { Direction, GapState } from './smc-event';
import type { SmcOptions } from './smc-options';
import type { TellGap, GapView } from './smc-view';
import type { SnapshotReader } from './snapshot-reader';
import type { WilderAtr } from './wilder';
import { ZoneBook } from './zone-book';
import { GAP_LIFE } from './zone-life';
import { plansOf } from './zone-plan';

export interface GapParts {
  readonly window: CandleWindow;
  readonly log: EventLog;
  readonly atr: WilderAtr;
  /** Of the gap filter. */
  readonly gapAtr: WilderAtr;
  readonly options: SmcOptions;
}

type LiveState = GapView['state'];

const PLANS = plansOf(GAP_LIFE);
const ID_PREFIX = { bullish: 'fvg-bullish-', bearish: 'fvg-bearish-' };

export class FairValueGaps {
  private readonly book: ZoneBook<Exclude<GapState, 'dropped'>>;
  private readonly window: CandleWindow;

  constructor(private readonly parts: GapParts) {
    const { gapLimit } = parts.options;
    this.window = parts.window;
    this.book = new ZoneBook({
      window: parts.window,
      plans: PLANS,
      idPrefix: ID_PREFIX,
      freshLimit: gapLimit,
      keptLimit: gapLimit,
      hears: (state) => parts.log.wants('fair-value-gap', state),
      announce: (slot, state) => this.announce(slot, state),
    });
  }

  /** First what the candle does to known gaps, then the gap that it completes. */
  step(): void {
    this.book.step();
    const { window } = this;
    const { index, high, low, previousClose } = window;
    if (index < 2) return;
    const firstHigh = window.highAt(index - 2);
    const firstLow = window.lowAt(index - 2);
    if (low > firstHigh && previousClose > firstHigh) this.open('bullish', low, firstHigh);
    else if (high < firstLow && previousClose < firstLow) this.open('bearish', firstLow, high);
  }

  view(): GapView[] {
    return this.book.live().map((slot) => this.gapOf(slot));
  }

  sketch(tell: TellGap): void {
    const { book } = this;
    book.forEach((slot) =>
      tell(book.direction(slot), book.stateOf(slot) as LiveState, book.top(slot), book.bottom(slot)),
    );
  }

  toJSON(): unknown {
    return this.book.toColumns();
  }

  restore(reader: SnapshotReader): void {
    this.book.restore(reader);
  }

  private gapOf(slot: number): GapView {
    const { book } = this;
    return {
      id: book.idOf(slot),
      direction: book.direction(slot),
      state: book.stateOf(slot) as LiveState,
      top: book.top(slot),
      bottom: book.bottom(slot),
      at: book.at(slot),
      atTime: book.atTime(slot),
    };
  }

  private open(direction: Direction, top: number, bottom: number): void {
    const { window, gapAtr, options } = this.parts;
    // Without an ATR the comparison fails, and a filter that is on lets nothing through.
    if (options.gapFilter > 0 && !(top - bottom >= options.gapFilter * gapAtr.value)) return;
    const at = window.index - 1;
    const slot = this.book.open({ direction, top, bottom, at, atTime: window.openTimeAt(at) });
    this.announce(slot, 'open');
  }

  private announce(slot: number, state: GapState): void {
    const { window, log, atr } = this.parts;
    const { book } = this;
    const top = book.top(slot);
    const bottom = book.bottom(slot);
    // Without an ATR the comparison fails, and the gap is told of.
    if (top - bottom < log.smallestGap * atr.value && state !== 'dropped') return;
    if (!log.wants('fair-value-gap', state)) return;
    log.add({
      kind: 'fair-value-gap',
      direction: book.direction(slot),
      state,
      id: book.idOf(slot),
      top,
      bottom,
      at: book.at(slot),
      atTime: book.atTime(slot),
      knownAt: window.index,
      knownAtTime: window.openTime,
    });
  }
}
