import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { Subscription } from 'rxjs';
import {
  BREAKER_LEVELS,
  CONTROL_STATES,
  EXIT_REASONS,
  REFUSALS,
  SETUPS,
  type TradingEvent,
  TradingService,
  type TradingStatus,
} from '@slt/trading';
import { MetricsRegistry, type Sample } from './metrics-registry';

@Injectable()
export class TradingMetrics implements OnModuleInit, OnModuleDestroy {
  private subscription: Subscription | undefined;
  /** Read once a scrape: it looks at every position. */
  private status: TradingStatus;

  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly trading: TradingService,
  ) {}

  onModuleInit(): void {
    this.metrics.beforeScrape(() => (this.status = this.trading.status()));
    this.addState();
    this.addAccount();
    this.addProtection();
    this.addCalls();
    this.countEvents();
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }

  private addState(): void {
    const { metrics } = this;
    metrics.samples(
      { name: 'slt_trading_state', help: '1 for the state trading is in', labels: ['state'] },
      () => oneHot('state', CONTROL_STATES, this.status.state),
    );
    metrics.value('slt_trading_live', '1 where real orders are sent, 0 on paper', () =>
      Number(this.status.mode === 'live'),
    );
    metrics.samples(
      {
        name: 'slt_trading_breaker_level',
        help: '1 for the level of the circuit breaker',
        labels: ['level'],
      },
      () => oneHot('level', BREAKER_LEVELS, this.status.breaker.level),
    );
    metrics.value(
      'slt_trading_breaker_half_open',
      '1 while the breaker tries whether all is well again',
      () => Number(this.status.breaker.isHalfOpen),
    );
  }

  /** Without a sample while no account is held. */
  private addAccount(): void {
    const figure = (name: string, help: string, read: (status: TradingStatus) => number | null): void =>
      this.metrics.samples({ name, help }, () => {
        const value = read(this.status);
        return value === null ? [] : [[{}, value]];
      });
    figure('slt_trading_equity_usdt', 'Wallet balance and open positions', ({ equity }) => equity);
    figure('slt_trading_wallet_usdt', 'Wallet balance', ({ walletBalance }) => walletBalance);
    figure('slt_trading_daily_pnl_usdt', 'Since 00:00 UTC, open positions among it', (told) => told.dailyPnl);
    figure('slt_trading_drawdown_ratio', 'Share of the highest equity lost', ({ drawdown }) => drawdown);
    figure('slt_trading_losing_streak', 'Losing trades in a row today', (told) => told.losingStreak);
  }

  private addProtection(): void {
    const { metrics, trading } = this;
    metrics.value('slt_trading_positions', 'Open positions', () => this.status.positions.length);
    metrics.value(
      'slt_trading_unprotected_positions',
      'Open positions without a resting stop of their size',
      () => this.status.positions.filter(({ isProtected }) => !isProtected).length,
    );
    metrics.value(
      'slt_trading_unprotected_seconds',
      'How long the longest of them has been so, in exchange time',
      () => (trading.session?.protector.unprotectedMs() ?? 0) / 1000,
    );
    metrics.value(
      'slt_trading_journal_lag_seconds',
      'How long the oldest entry has waited for the database',
      () => (trading.session?.journalLagMs ?? 0) / 1000,
    );
  }

  private addCalls(): void {
    const { metrics, trading } = this;
    const labels = ['call'];
    metrics.totals({ name: 'slt_trading_calls_total', help: 'Calls of the broker, by name', labels }, () =>
      trading.telemetry.calls().map(({ name, calls }) => [{ call: name }, calls]),
    );
    metrics.totals(
      { name: 'slt_trading_call_errors_total', help: 'Calls of the broker that failed', labels },
      () => trading.telemetry.calls().map(({ name, errors }) => [{ call: name }, errors]),
    );
    metrics.samples(
      {
        name: 'slt_trading_call_seconds',
        help: 'Time of a call of the broker since the last scrape',
        labels: ['call', 'quantile'],
      },
      () =>
        trading.telemetry.calls(true).flatMap(({ name, times }): Sample[] => {
          if (times === undefined) return [];
          return [
            [{ call: name, quantile: '0.5' }, times.p50],
            [{ call: name, quantile: '0.99' }, times.p99],
            [{ call: name, quantile: '1' }, times.max],
          ];
        }),
    );
    metrics.totals(
      {
        name: 'slt_trading_orders_total',
        help: 'Orders that have ended, by role and outcome',
        labels: ['role', 'outcome'],
      },
      () => trading.telemetry.orders().map(({ role, outcome, orders }) => [{ role, outcome }, orders]),
    );
    metrics.total('slt_trading_fills_total', 'Executions', () => trading.telemetry.fills);
  }

  private countEvents(): void {
    const entries = this.counter('slt_trading_entries_total', 'Signals accepted, by set-up', 'setup', SETUPS);
    const refusals = this.counter(
      'slt_trading_refusals_total',
      'Signals refused, by each of the reasons; an accepted one that came to nothing counts here as well',
      'reason',
      REFUSALS,
    );
    const trades = this.counter(
      'slt_trading_trades_total',
      'Positions closed, by why',
      'reason',
      EXIT_REASONS,
    );
    this.subscription = this.trading.events.subscribe((event: TradingEvent) => {
      if (event.type === 'trade') trades.inc({ reason: event.trade.exitReason });
      if (event.type !== 'signal') return;
      if (event.decision.decision === 'traded') entries.inc({ setup: event.signal.setup });
      for (const reason of event.decision.reasons) refusals.inc({ reason });
    });
  }

  /** All its samples are there from the start, so that a rise from nothing shows as one. */
  private counter(name: string, help: string, label: string, values: readonly string[]): Counter {
    const counter = new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.metrics.registry],
    });
    for (const value of values) counter.inc({ [label]: value }, 0);
    return counter;
  }
}

const oneHot = <T extends string>(label: string, values: readonly T[], present: T): Sample[] =>
  values.map((value) => [{ [label]: value }, Number(value === present)]);
