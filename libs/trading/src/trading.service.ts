/** Trading as a whole: off until told, started and stopped by call, halted when its own account does not add up. */
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { AppConfig } from '@slt/config';
import {
  AppError,
  type Candle,
  type CandleSeries,
  type Clock,
  type DurationMs,
  type Interval,
  SECOND_MS,
  toAppError,
} from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import type { SmcEvent } from '@slt/smc';
import { type BreakerTransition, GradedCircuitBreaker } from './core/breaker';
import { type Control, type ControlMove, controlOff, type HaltReason, moveControl } from './core/control';
import { type RiskLimits } from './core/risk';
import type { Decision, Signal } from './core/signal';
import type { MarketWatch } from './session/market-watch';
import { OpenSession, SessionFactory } from './session/session-factory';
import type { SessionListener } from './session/session-parts';
import type { TradingSession } from './session/trading-session';
import type { TradingTelemetry } from './telemetry';
import { SignalFinder } from './signal-finder';
import { positionsOf } from './trading-positions';
import { breakerSettingsOf, riskLimitsOf } from './trading-settings';
import type { TradingEvent, TradingStatus } from './trading-status';

const RETRY_MIN_MS: DurationMs = 500;
const RETRY_MAX_MS: DurationMs = 15 * SECOND_MS;
const QUIET_CHECK_MS: DurationMs = 100;
/** A stop without flatten waits so long for what is under way. */
const QUIET_LIMIT_MS: DurationMs = 15 * SECOND_MS;

@Injectable()
export class TradingService implements OnModuleDestroy {
  private readonly logger = new Logger('Trading');
  private readonly hub = new Subject<TradingEvent>();
  private readonly limits: RiskLimits;
  private readonly breaker: GradedCircuitBreaker;
  private readonly finder = new SignalFinder();
  private control: Control;
  private market: MarketWatch | undefined;
  private open: OpenSession | undefined;
  private obstacle: string | undefined;
  /** Reconciliations wait for one another; a doubt that comes meanwhile asks for one more. */
  private reconciling: Promise<void> | undefined;
  private doubts: string | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SessionFactory) private readonly sessions: SessionFactory,
  ) {
    this.limits = riskLimitsOf(config);
    this.breaker = new GradedCircuitBreaker(breakerSettingsOf(config), { now: performance.now() });
    this.control = controlOff(clock.now());
  }

  /** Hot; completes never. */
  get events(): Observable<TradingEvent> {
    return this.hub;
  }

  /** Once, before anything else: where prices, candles and instruments come from. */
  connect(market: MarketWatch): void {
    this.market = market;
  }

  get mode(): 'paper' | 'live' {
    return this.config.TRADING_MODE;
  }

  /** Whose journal is shown: also while trading is off. */
  get account(): string {
    return this.sessions.account;
  }

  get telemetry(): TradingTelemetry {
    return this.sessions.telemetry;
  }

  get session(): TradingSession | undefined {
    return this.open?.session;
  }

  /**
   * Takes the account over; resolves once it is ours, while journal and exchange are being reconciled. Without effect
   * while it is on.
   * @throws AppError rejected: `TRADING.LEASE_HELD`, `TRADING.NO_KEYS`, `TRADING.STOPPING`
   */
  start(): Promise<void> {
    return this.enqueue(() => this.begin());
  }

  /** @param flatten closes all positions first. Resolves once begun; GET tells when it is off */
  stop(flatten: boolean): void {
    if (this.control.state === 'off') return;
    this.move({ event: 'stop', flatten, at: this.clock.now() });
    void this.enqueue(() => this.end());
  }

  /** Opens nothing any more; what is held stays protected. */
  halt(reason: HaltReason, detail: string): void {
    if (this.control.state === 'halted') return;
    this.move({ event: 'halt', reason, detail, at: this.clock.now() });
    this.logger.error(`trading is halted (${reason}): ${detail}`);
  }

  /** The candle's place in the synchronous pass. */
  onCandle(
    symbol: string,
    interval: Interval,
    candle: Candle,
    series: CandleSeries,
    events: readonly SmcEvent[],
  ): void {
    const { market, session } = this;
    if (market === undefined) return;
    session?.onCandle(symbol, interval, candle, events);
    if (interval !== this.baseInterval) return;
    for (const signal of this.finder.onCandle(symbol, candle, series, events, market)) this.consider(signal);
  }

  /** The past of a series was rewritten: what its set-ups waited for is not what it was. */
  onReload(symbol: string): void {
    this.finder.forget(symbol);
  }

  /** Trades it, or says why not; whoever found it. */
  consider(signal: Signal): void {
    const { session } = this;
    if (session !== undefined && this.control.state === 'on') return session.consider(signal);
    const decision: Decision = { decision: 'refused', reasons: ['TRADING_OFF'] };
    void this.sessions.recordRefusal(signal, decision);
    this.hub.next({ type: 'signal', at: this.clock.now(), signal, decision });
  }

  resetBreaker(): void {
    for (const transition of this.breaker.observe({ kind: 'reset' }, performance.now()))
      this.told(transition);
  }

  status(): TradingStatus {
    const { session, control, limits } = this;
    const { level, isHalfOpen, reasons, since } = this.breaker.state();
    const losses = session?.figures.lossFacts(this.clock.now());
    return {
      state: control.state,
      since: control.since,
      mode: this.mode,
      account: this.open?.account ?? null,
      ...(control.halt === undefined ? {} : { halt: control.halt }),
      ...(this.obstacle === undefined ? {} : { obstacle: this.obstacle }),
      breaker: { level, isHalfOpen, reasons, since: Math.round(this.clock.now() - this.ageOf(since)) },
      equity: session?.figures.equity ?? null,
      walletBalance: session?.figures.walletBalance ?? null,
      positions: session === undefined ? [] : positionsOf(session),
      dailyPnl: losses?.dailyPnl ?? null,
      drawdown: losses?.drawdown ?? null,
      losingStreak: losses?.losingStreak ?? null,
      limits: {
        maxPositions: limits.maxPositions,
        leverageCap: limits.leverageCap,
        positionShare: limits.positionShare,
        marginRatio: limits.marginRatio,
        dailyLoss: limits.dailyLoss,
        drawdown: limits.drawdown,
        tiers: limits.tiers,
      },
    };
  }

  /** Positions stay as they are, with their stops resting on the exchange. */
  async onModuleDestroy(): Promise<void> {
    await this.letGo();
  }

  private get baseInterval(): Interval {
    return this.sessions.interval;
  }

  private async begin(): Promise<void> {
    const { state } = this.control;
    if (state === 'on' || state === 'reconciling') return;
    if (state === 'stopping') {
      throw new AppError('rejected', 'TRADING.STOPPING', 'trading is stopping; start it once it is off');
    }
    if (this.market === undefined)
      throw new AppError('transient', 'TRADING.NO_MARKET', 'there is no market yet');
    this.move({ event: 'start', at: this.clock.now() });
    try {
      this.open ??= await this.takeOver(this.market);
    } catch (error) {
      this.move({ event: 'lease-lost', at: this.clock.now() });
      throw error;
    }
    this.reconcile('start');
  }

  private takeOver(market: MarketWatch): Promise<OpenSession> {
    const { limits, breaker } = this;
    return this.sessions.open({
      market,
      limits,
      breaker,
      listener: this.listener,
      lost: (error) => this.lost(error),
    });
  }

  private async end(): Promise<void> {
    const { session } = this;
    const flatten = this.control.flatten === true;
    if (session !== undefined) {
      const deadline = performance.now() + QUIET_LIMIT_MS;
      while (!session.isQuiet(flatten) && this.control.state === 'stopping') {
        if (flatten) session.flatten('flatten');
        else if (performance.now() > deadline) break;
        await pause(QUIET_CHECK_MS);
      }
    }
    if (this.control.state !== 'stopping') return;
    await this.letGo();
    this.move({ event: 'stopped', at: this.clock.now() });
  }

  private async letGo(): Promise<void> {
    const { open } = this;
    this.open = undefined;
    this.obstacle = undefined;
    await open?.close();
  }

  /** Another process has the account: whatever we did now would be done twice. */
  private lost(error: AppError): void {
    this.logger.error(error.message);
    this.move({ event: 'lease-lost', at: this.clock.now() });
    this.obstacle = error.message;
    void this.open?.close();
    this.open = undefined;
  }

  private reconcile(cause: string): void {
    if (this.reconciling !== undefined) {
      this.doubts = cause;
      return;
    }
    this.reconciling = this.reconcileUntilClean(cause).finally(() => {
      this.reconciling = undefined;
    });
  }

  private async reconcileUntilClean(first: string): Promise<void> {
    let cause = first;
    for (let pauseMs = RETRY_MIN_MS; ; pauseMs = Math.min(RETRY_MAX_MS, 2 * pauseMs)) {
      const { session } = this;
      if (session === undefined) return;
      this.doubts = undefined;
      const isClean = await this.attempt(session, cause);
      if (this.session !== session) return;
      if (isClean && this.doubts === undefined) break;
      if (isClean) pauseMs = RETRY_MIN_MS / 2;
      cause = this.doubts ?? cause;
      await pause(pauseMs);
    }
    this.obstacle = undefined;
    if (this.control.state === 'reconciling' || this.control.state === 'halted') {
      this.move({ event: 'reconciled', at: this.clock.now() });
    }
  }

  private async attempt(session: TradingSession, cause: string): Promise<boolean> {
    try {
      if (await session.reconcile(cause)) return true;
      this.obstacle = 'journal and exchange differ';
    } catch (error) {
      const reason = toAppError(error, 'TRADING.RECONCILIATION');
      this.obstacle = reason.message;
      if (reason.kind === 'broken-invariant') this.halt('broken-invariant', reason.message);
      else this.logger.warn(`the account could not be reconciled: ${reason.message}`);
    }
    return false;
  }

  private doubt(reason: string): void {
    if (this.open === undefined) return;
    if (this.control.state === 'on') this.move({ event: 'doubt', at: this.clock.now() });
    this.reconcile(reason);
  }

  private readonly listener: SessionListener = {
    controlState: () => this.control.state,
    doubt: (reason) => this.doubt(reason),
    broke: (error) => this.broke(error),
    decided: (signal, decision) => this.hub.next({ type: 'signal', at: this.clock.now(), signal, decision }),
    traded: (trade) => {
      const { symbol, direction, exitReason, netPnl } = trade;
      this.logger.log(`${symbol}: ${direction} closed by ${exitReason}, ${netPnl} USDT`);
      this.hub.next({ type: 'trade', at: this.clock.now(), trade });
    },
    changed: (symbol) => this.tellPosition(symbol),
    breakerMoved: (transition) => this.told(transition),
    warn: (message) => this.logger.warn(message),
  };

  private broke(error: AppError): void {
    if (error.code === 'TRADING.LEASE_LOST') this.lost(error);
    else this.halt('broken-invariant', error.message);
  }

  private told(transition: BreakerTransition): void {
    const reasons = transition.reasons.map(({ code }) => code);
    this.logger.warn(`circuit breaker: ${transition.from} → ${transition.to} (${reasons.join(', ')})`);
    this.hub.next({ type: 'breaker', at: this.clock.now(), transition });
    // What was lost does not come back by waiting.
    if (transition.to === 'blocked' && reasons.includes('DRAWDOWN') && this.control.state === 'on') {
      this.halt('breaker', 'the drawdown limit is reached');
    }
  }

  private tellPosition(symbol: string): void {
    const { session } = this;
    if (session === undefined || !this.hub.observed) return;
    const position = positionsOf(session).find((each) => each.symbol === symbol) ?? null;
    this.hub.next({ type: 'position', at: this.clock.now(), symbol, position });
  }

  private move(move: ControlMove): void {
    const before = this.control.state;
    this.control = moveControl(this.control, move);
    const { state } = this.control;
    if (state === before) return;
    this.logger.log(`trading is ${state}`);
    this.hub.next({ type: 'trading', at: move.at, state });
  }

  private ageOf(since: number): DurationMs {
    return Math.max(0, performance.now() - since) / this.clock.toWallMs(1);
  }

  private enqueue<T>(step: () => Promise<T>): Promise<T> {
    const done = this.queue.then(step);
    this.queue = done.catch(() => undefined);
    return done;
  }
}

const pause = (ms: DurationMs): Promise<void> => new Promise((wake) => setTimeout(wake, ms).unref());
