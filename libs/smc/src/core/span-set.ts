/** Several spans side by side: a candle that meets no boundary of any costs little more than one comparison. */
import type { UtcMs } from '@slt/domain';
import type { CandleWindow } from './candle-window';
import type { SnapshotReader } from './snapshot-reader';
import { type Schedule, Span, type SpanListener } from './span';

export class SpanSet<Name extends string> {
  readonly spans: readonly Span<Name>[];
  private wake: UtcMs = -1;

  /** @param schedules in the order in which events come out */
  constructor(
    private readonly window: CandleWindow,
    schedules: readonly (readonly [Name, Schedule])[],
    private readonly listener: SpanListener<Name>,
  ) {
    this.spans = schedules.map(([name, schedule]) => new Span(name, schedule));
  }

  step(): void {
    const { window, spans } = this;
    if (window.openTime >= this.wake) {
      this.stepAll();
      return;
    }
    for (let i = 0; i < spans.length; i++) spans[i]!.extend(window);
  }

  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this.spans.map((span) => [span.name, span.toJSON()]));
  }

  restore(reader: SnapshotReader): void {
    for (const span of this.spans) span.restore(reader.part(span.name), this.window.intervalMs);
    this.setWake();
  }

  private stepAll(): void {
    const { window, spans, listener } = this;
    for (const span of spans) {
      if (window.openTime >= span.wake) span.step(window, listener);
      else span.extend(window);
    }
    this.setWake();
  }

  private setWake(): void {
    this.wake = this.spans.reduce((least, span) => Math.min(least, span.wake), Infinity);
  }
}
