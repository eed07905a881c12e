/** One refresh of the cache at a time, asked for by HTTP, and how far it is. */
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { AppError, type Clock, type Interval, toAppError } from '@slt/domain';
import { CLOCK, Universe } from '@slt/exchange';
import { type HistoryOutcome, HistoryService } from '@slt/history';
import type { RefreshDto, RefreshRequest } from './history.dto';

@Injectable()
export class HistoryRefresh implements OnModuleDestroy {
  private readonly logger = new Logger('History');
  private last: RefreshDto | undefined;
  private abort: AbortController | undefined;

  constructor(
    private readonly history: HistoryService,
    private readonly universe: Universe,
    private readonly config: AppConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleDestroy(): void {
    this.abort?.abort();
  }

  /** The running or the last one; undefined before the first. */
  get latest(): RefreshDto | undefined {
    return this.last === undefined ? undefined : { ...this.last, failures: [...this.last.failures] };
  }

  /**
   * Returns as soon as the work is handed out.
   * @throws AppError rejected, `HISTORY.REFRESH_RUNNING`; not-found, `SYMBOL.UNKNOWN`; transient, `UNIVERSE.UNKNOWN`
   */
  async start(request: RefreshRequest): Promise<RefreshDto> {
    if (this.last?.running === true) {
      throw new AppError(
        'rejected',
        'HISTORY.REFRESH_RUNNING',
        'a refresh is under way; GET /v1/history shows how far',
      );
    }
    const { instruments } = await this.universe.load();
    const symbols = [...new Set(request.symbols ?? instruments.keys())];
    const unknown = symbols.find((symbol) => !instruments.has(symbol));
    if (unknown !== undefined) {
      throw new AppError('not-found', 'SYMBOL.UNKNOWN', `${JSON.stringify(unknown)} is not followed`);
    }
    const refresh = this.begin(request, symbols.length);
    this.abort = new AbortController();
    void this.run(refresh, symbols, this.abort.signal);
    return { ...refresh };
  }

  private begin(request: RefreshRequest, total: number): RefreshDto {
    const { HISTORY_INTERVALS, HISTORY_LIMIT } = this.config;
    this.last = {
      running: true,
      interval: request.interval ?? HISTORY_INTERVALS[0]!,
      limit: request.limit ?? HISTORY_LIMIT,
      total,
      done: 0,
      whole: 0,
      requests: 0,
      weight: 0,
      startedAt: this.clock.now(),
      failures: [],
    };
    return this.last;
  }

  private async run(refresh: RefreshDto, symbols: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      const { instruments } = await this.universe.load();
      await this.history.ensureHistory(symbols, refresh.interval as Interval, refresh.limit, {
        instruments,
        maxAgeMs: 0,
        signal,
        onOutcome: (symbol, outcome) => note(refresh, symbol, outcome),
      });
    } catch (thrown) {
      const { code, message } = toAppError(thrown, 'HISTORY.REFRESH_FAILED');
      this.logger.warn(`the refresh failed: ${message}`);
      refresh.failures.push({ symbol: '*', code, message });
    } finally {
      refresh.running = false;
      refresh.finishedAt = this.clock.now();
    }
  }
}

function note(refresh: RefreshDto, symbol: string, outcome: HistoryOutcome): void {
  refresh.done++;
  if (outcome.kind === 'whole') {
    refresh.whole++;
    refresh.requests += outcome.requests;
    refresh.weight += outcome.weight;
    return;
  }
  const { code, message } = outcome.reason;
  refresh.failures.push({ symbol, code, message });
}
