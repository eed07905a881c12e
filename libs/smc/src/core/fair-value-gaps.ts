/** Fair value gaps: three candles whose outer wicks leave a gap, with the middle one closed beyond it. */
import type { CandleWindow } from './candle-window';
import type { EventLog } from './event-log';
import type { Direction, GapState } from './smc-event';
import type { SmcOptions } from './smc-options';
import type { GapView } from './smc-view';
import type { SnapshotReader } from './snapshot-reader';
import type { WilderAtr } from './wilder';
import { ZoneBook } from './zone-book';
import { GAP_LIFE } from './zone-life';

export interface GapParts {
  readonly window: CandleWindow;
  readonly log: EventLog;
  readonly atr: WilderAtr;
  readonly options: SmcOptions;
}

type LiveState = GapView['state'];

export class FairValueGaps {
  private readonly book: ZoneBook<Exclude<GapState, 'dropped'>>;

  constructor(private readonly parts: GapParts) {
    const { gapLimit } = parts.options;
    this.book = new ZoneBook({
      window: parts.window,
      life: GAP_LIFE,
      idPrefix: 'fvg',
      freshLimit: gapLimit,
      keptLimit: gapLimit,
      announce: (slot, state) => this.announce(slot, state),
    });
  }

  /** First what the candle does to known gaps, then the gap that it completes. */
  step(): void {
    this.book.step();
    const { index, high, low, previousClose, highs, lows, mask } = this.parts.window;
    if (index < 2) return;
    const slot = (index - 2) & mask;
    const firstHigh = highs[slot]!;
    const firstLow = lows[slot]!;
    if (low > firstHigh && previousClose > firstHigh) this.open('bullish', low, firstHigh);
    else if (high < firstLow && previousClose < firstLow) this.open('bearish', firstLow, high);
  }

  view(): GapView[] {
    const { book } = this;
    return book.live().map((slot) => ({
      id: book.idOf(slot),
      direction: book.direction[slot]!,
      state: book.stateOf(slot) as LiveState,
      top: book.top[slot]!,
      bottom: book.bottom[slot]!,
      at: book.at[slot]!,
      atTime: book.atTime[slot]!,
    }));
  }

  toJSON(): unknown {
    return this.book.toColumns();
  }

  restore(reader: SnapshotReader): void {
    this.book.restore(reader);
  }

  private open(direction: Direction, top: number, bottom: number): void {
    const { window, atr, options } = this.parts;
    // Without an ATR the comparison fails, and a filter that is on lets nothing through.
    if (options.gapFilter > 0 && !(top - bottom >= options.gapFilter * atr.value)) return;
    const at = window.index - 1;
    const slot = this.book.open({ direction, top, bottom, at, atTime: window.openTimes[at & window.mask]! });
    this.announce(slot, 'open');
  }

  private announce(slot: number, state: GapState): void {
    const { window, log } = this.parts;
    if (log.isMuted) return;
    const { book } = this;
    log.add({
      kind: 'fair-value-gap',
      direction: book.direction[slot]!,
      state,
      id: book.idOf(slot),
      top: book.top[slot]!,
      bottom: book.bottom[slot]!,
      at: book.at[slot]!,
      atTime: book.atTime[slot]!,
      knownAt: window.index,
      knownAtTime: window.openTime,
    });
  }
}
