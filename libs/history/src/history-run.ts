/** One ask for many series: collects an outcome for every symbol and tells about each. */
import type { Interval } from '@slt/domain';
import type { EnsureOptions, HistoryOutcome, HistoryProgress } from './history.types';

export interface RunRequest {
  readonly runId: string;
  readonly symbols: readonly string[];
  readonly interval: Interval;
  readonly onOutcome: EnsureOptions['onOutcome'];
  readonly onProgress: (progress: HistoryProgress) => void;
}

export class HistoryRun {
  readonly outcomes = new Map<string, HistoryOutcome>();
  private readonly open: Set<string>;
  private readonly total: number;

  constructor(private readonly request: RunRequest) {
    this.open = new Set(request.symbols);
    this.total = this.open.size;
  }

  get runId(): string {
    return this.request.runId;
  }

  get unsettled(): readonly string[] {
    return [...this.open];
  }

  /** The first outcome of a symbol stays. */
  settle(symbol: string, outcome: HistoryOutcome): void {
    if (!this.open.delete(symbol)) return;
    this.outcomes.set(symbol, outcome);
    const { runId, interval } = this.request;
    this.request.onOutcome?.(symbol, outcome);
    this.request.onProgress({
      runId,
      symbol,
      interval,
      outcome: outcome.kind === 'whole' ? outcome.origin : outcome.kind,
      done: this.outcomes.size,
      total: this.total,
      ...(outcome.kind === 'whole' ? {} : { reason: outcome.reason.message }),
    });
  }
}
