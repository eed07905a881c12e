/** Leads candles from the cluster to trading, in the same synchronous pass. */
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { filter, take } from 'rxjs';
import { ClusterService } from '@slt/cluster';
import { type DurationMs, SECOND_MS } from '@slt/domain';
import { Journal, TradingService } from '@slt/trading';
import { ClusterMarketWatch } from './cluster-market-watch';
import { ClusterMinutes } from './cluster-minutes';

/** Wall time from warm to the journal's first use: whoever waits for a warm market is told before. */
const JOURNAL_AFTER_MS: DurationMs = 2 * SECOND_MS;

@Injectable()
export class TradingBridge implements OnModuleInit, OnModuleDestroy {
  private stops: (() => void)[] = [];

  constructor(
    private readonly cluster: ClusterService,
    private readonly trading: TradingService,
    private readonly journal: Journal,
    private readonly watch: ClusterMarketWatch,
    private readonly minutes: ClusterMinutes,
  ) {}

  onModuleInit(): void {
    this.trading.connect(this.watch, this.minutes);
    this.stops = [
      this.cluster.onCandle((...closed) => this.trading.onCandle(...closed)),
      this.cluster.onReload((...reloaded) => this.trading.onReload(...reloaded)),
      this.followDepartures(),
      this.openJournalOnceWarm(),
    ];
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
  }

  private followDepartures(): () => void {
    const subscription = this.cluster.events.subscribe((event) => {
      if (event.type !== 'universe') return;
      for (const symbol of event.removed) this.trading.onDeparture(symbol);
    });
    return () => subscription.unsubscribe();
  }

  /** What the journal loads, and the tables it makes, would else hold up the minute of the first signal. */
  private openJournalOnceWarm(): () => void {
    let timer: NodeJS.Timeout | undefined;
    const isWarm = this.cluster.events.pipe(
      filter((event) => event.type === 'warm-up' && event.ready),
      take(1),
    );
    // A journal that cannot be opened yet is opened by whoever writes to it.
    const open = (): void => void this.journal.open().catch(() => undefined);
    const subscription = isWarm.subscribe({
      next: () => (timer = setTimeout(open, JOURNAL_AFTER_MS).unref()),
    });
    return () => {
      subscription.unsubscribe();
      clearTimeout(timer);
    };
  }
}
