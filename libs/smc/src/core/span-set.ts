/** Several spans side by side: a candle that meets no boundary and extends none costs three comparisons. */
import type { UtcMs } from '@slt/domain';
import type { CandleWindow } from './candle-window';
import type { SnapshotReader } from './snapshot-reader';
import { type Schedule, Span, type SpanListener } from './span';

export class SpanSet<Name extends string> {
  readonly spans: readonly Span<Name>[];
  private wake: UtcMs = -1;
  /** A candle between the two extends no span. */
  private leastHigh = Infinity;
  private greatestLow = -Infinity;

  /** @param schedules in the order in which events come out */
  constructor(
    private readonly window: CandleWindow,
    schedules: readonly (readonly [Name, Schedule])[],
    private readonly listener: SpanListener<Name>,
  ) {
    this.spans = schedules.map(([name, schedule]) => new Span(name, schedule));
  }

  step(): void {
    const { window } = this;
    if (window.openTime >= this.wake) this.stepAll();
    else if (window.high > this.leastHigh || window.low < this.greatestLow) this.extendAll();
  }

  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this.spans.map((span) => [span.name, span.toJSON()]));
  }

  restore(reader: SnapshotReader): void {
    for (const span of this.spans) span.restore(reader.part(span.name), this.window.intervalMs);
    this.setBounds();
  }

  private stepAll(): void {
    const { window, spans, listener } = this;
    for (const span of spans) {
      if (window.openTime >= span.wake) span.step(window, listener);
      else span.extend(window);
    }
    this.setBounds();
  }

  private extendAll(): void {
    for (const span of this.spans) span.extend(this.window);
    this.setBounds();
  }

  private setBounds(): void {
    this.wake = Infinity;
    this.leastHigh = Infinity;
    this.greatestLow = -Infinity;
    for (const { wake, high, low } of this.spans) {
      if (wake < this.wake) this.wake = wake;
      if (high < this.leastHigh) this.leastHigh = high;
      if (low > this.greatestLow) this.greatestLow = low;
    }
  }
}
