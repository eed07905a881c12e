/** Trading as a whole: off until told, started and stopped by call, halted when its own account does not add up. */
import { Inject, Injectable, Logger, type OnModuleDestroy, Optional } from '@nestjs/common';
import type { Observable } from 'rxjs';
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
import { AdviceRelay } from './advice-relay';
import { type Advisor, ADVISOR } from './core/advice';
import { GradedCircuitBreaker } from './core/breaker';
import {
  canMove,
  type Control,
  type ControlMove,
  controlOff,
  type HaltReason,
  moveControl,
} from './core/control';
import { type RiskLimits } from './core/risk';
import type { Signal } from './core/signal';
import type { MarketWatch } from './session/market-watch';
import { createMinutes, type Minutes } from './minutes/create-minutes';
import type { MinuteSource } from './minutes/minute-market';
import { OpenSession, SessionFactory } from './session/session-factory';
import { ReconcileLoop } from './session/reconcile-loop';
import { sessionListener } from './session-listener';
import type { TradingSession } from './session/trading-session';
import { within } from './session/within';
import type { TradingTelemetry } from './telemetry';
import { SignalIntake } from './signal-intake';
import { Turns } from './turns';
import { TradingNews } from './trading-news';
import { positionsOf, tradingStatusOf } from './trading-positions';
import { breakerSettingsOf, riskLimitsOf } from './trading-settings';
import type { TradingEvent, TradingStatus } from './trading-status';

const QUIET_CHECK_MS: DurationMs = 100;
/** A stop without flatten waits so long for what is under way. */
const QUIET_LIMIT_MS: DurationMs = 15 * SECOND_MS;
/** The process ends within five seconds, its database after us; what is in doubt then the next start reconciles. */
const DESTROY_LIMIT_MS: DurationMs = 3 * SECOND_MS;

@Injectable()
export class TradingService implements OnModuleDestroy {
  private readonly logger = new Logger('Trading');
  private readonly news: TradingNews;
  private readonly limits: RiskLimits;
  private readonly breaker: GradedCircuitBreaker;
  private readonly advice: AdviceRelay;
  private readonly intake: SignalIntake;
  private control: Control;
  private market: MarketWatch | undefined;
  private minutes: Minutes | undefined;
  private open: OpenSession | undefined;
  private loop: ReconcileLoop | undefined;
  private obstacle: string | undefined;
  private isDestroyed = false;
  /** Starts and stops wait for one another. */
  private readonly turns = new Turns(({ message }) => this.logger.error(message));

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SessionFactory) private readonly sessions: SessionFactory,
    @Optional() @Inject(ADVISOR) advisor?: Advisor,
  ) {
    this.limits = riskLimitsOf(config);
    const now = sessions.isByCandles ? 0 : performance.now();
    this.breaker = new GradedCircuitBreaker(breakerSettingsOf(config), { now });
    this.control = controlOff(clock.now());
    this.news = new TradingNews(() => clock.now());
    this.advice = new AdviceRelay(advisor, (error) => this.failed(error));
    this.intake = new SignalIntake({ advice: this.advice, sessions, news: this.news });
  }

  /** Hot; completes never. */
  get events(): Observable<TradingEvent> {
    return this.news.events;
  }

  /**
   * Once, before anything else: where prices, candles and instruments come from.
   * @param source of minutes, where paper accounts may be driven by candles
   */
  connect(market: MarketWatch, source?: MinuteSource): void {
    this.market = market;
    if (source === undefined || !this.sessions.isByCandles) return;
    this.minutes = createMinutes({
      ...{ source, clock: this.clock, advice: this.advice, interval: this.sessions.interval },
      session: () => this.session,
      consider: (signal) => this.consider(signal),
      failed: (error) => this.failed(error),
    });
  }

  /** The market of the minute that is acted upon; undefined where candles are acted upon as they come. */
  get minuteMarket(): MarketWatch | undefined {
    return this.minutes?.market;
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
  async start(): Promise<void> {
    if (this.control.state === 'stopping') throw stillStopping();
    await this.turns.run(() => this.begin());
  }

  /** @param flatten closes all positions first. Resolves once begun; GET tells when it is off */
  stop(flatten: boolean): void {
    if (this.control.state === 'off') return;
    this.move({ event: 'stop', flatten, at: this.clock.now() });
    this.turns.start(() => this.end());
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
    const { market, session, minutes } = this;
    if (market === undefined) return;
    if (minutes !== undefined) return minutes.trader.take(symbol, interval, candle);
    try {
      session?.onCandle(symbol, interval, candle, events);
      const closed = { symbol, interval, candle, series, events };
      for (const signal of this.intake.take(closed, market)) this.consider(signal);
    } catch (error) {
      // The market goes on, whatever trading makes of it.
      this.failed(toAppError(error, 'TRADING.CANDLE'));
    }
  }

  /** A series was loaded, or its past rewritten. */
  onReload(symbol: string, interval: Interval, series: CandleSeries): void {
    if (this.minutes === undefined) this.intake.forget(symbol);
    else this.minutes.trader.reloaded(symbol, interval, series.toColumns());
  }

  /** No candle of the symbol comes any more. */
  onDeparture(symbol: string): void {
    this.minutes?.trader.left(symbol);
  }

  /** Trades it, or says why not; whoever found it. */
  consider(signal: Signal): void {
    const { session } = this;
    if (session !== undefined && this.control.state === 'on') return session.consider(signal);
    this.intake.pass(signal, this.control.halt?.reason === 'breaker');
  }

  resetBreaker(): void {
    if (this.session !== undefined) return this.session.resetBreaker();
    const now = this.minutes?.clock.now() ?? performance.now();
    for (const transition of this.breaker.observe({ kind: 'reset' }, now)) {
      const change = { ...transition, at: this.clock.now() };
      void this.sessions.recordBreaker(change);
      this.news.breaker(change);
    }
  }

  status(): TradingStatus {
    const { session, control, limits, mode, obstacle, breaker, clock, minutes } = this;
    const parts = { session, control, limits, mode, obstacle, breaker, clock, minutes: minutes?.clock };
    return tradingStatusOf({ ...parts, account: this.open?.account ?? null });
  }

  /** Positions stay as they are, with their stops resting on the exchange. */
  async onModuleDestroy(): Promise<void> {
    this.isDestroyed = true;
    this.minutes?.trader.close();
    await within(
      this.turns.run(() => this.letGo()),
      DESTROY_LIMIT_MS,
    );
  }

  private async begin(): Promise<void> {
    const { state, halt } = this.control;
    if (state === 'on' || state === 'reconciling') return;
    if (state === 'stopping') throw stillStopping();
    const { market } = this;
    if (market === undefined || this.isDestroyed)
      throw new AppError('transient', 'TRADING.NO_MARKET', 'there is no market yet');
    // What did not add up once is read anew: recovery and start are the same path.
    if (halt?.reason === 'broken-invariant' || this.session?.isBroken === true) await this.letGo();
    if (!canMove(this.control.state, 'start')) throw stillStopping();
    this.move({ event: 'start', at: this.clock.now() });
    try {
      this.open ??= await this.takeOver(market);
    } catch (error) {
      this.loop = undefined;
      if (this.control.state !== 'halted') this.move({ event: 'lease-lost', at: this.clock.now() });
      throw error;
    }
    this.loop?.ask('start');
  }

  private async takeOver(market: MarketWatch): Promise<OpenSession> {
    const { limits, breaker } = this;
    const loop = new ReconcileLoop({
      reconcile: async (cause) => (await this.session?.reconcile(cause)) === true,
      agreed: () => this.agreed(),
      hindered: (error) => this.hindered(error),
    });
    this.loop = loop;
    const listener = sessionListener({
      ...{ advice: this.advice, news: this.news },
      isOurs: () => this.loop === loop,
      state: () => this.control.state,
      doubt: (reason) => this.doubt(reason),
      review: () => loop.ask('review'),
      broke: (error) => this.broke(error),
      changed: (symbol) => this.tellPosition(symbol),
      drawn: () => this.drawn(),
      warn: (message) => this.logger.warn(message),
    });
    const open = await this.sessions.open({
      market,
      limits,
      breaker,
      listener,
      minutes: this.minutes,
      lost: (error) => listener.broke(error),
    });
    if (this.loop === loop) return open;
    await open.close();
    throw new AppError('transient', 'TRADING.LEASE_LOST', this.obstacle ?? 'the account was lost meanwhile');
  }

  private async end(): Promise<void> {
    const { session } = this;
    const isStopping = (): boolean => this.control.state === 'stopping';
    const deadline = performance.now() + QUIET_LIMIT_MS;
    while (session !== undefined && isStopping() && !this.isDestroyed) {
      const flatten = this.control.flatten === true;
      if (session.isQuiet(flatten)) break;
      // Without a journal nothing more can be done; without flatten nothing more was asked for.
      if (session.isBroken || (!flatten && performance.now() > deadline)) break;
      if (flatten) session.flatten('flatten');
      await pause(QUIET_CHECK_MS);
    }
    if (!isStopping() || this.isDestroyed) return;
    await this.letGo();
    if (isStopping()) this.move({ event: 'stopped', at: this.clock.now() });
  }

  private async letGo(): Promise<void> {
    const { open, loop } = this;
    loop?.stop();
    await open?.close();
    // Until here it listens: what was under way is protected yet.
    if (this.open === open) this.open = undefined;
    if (this.loop === loop) this.loop = undefined;
    this.obstacle = undefined;
  }

  /** Another process has the account: whatever we did now would be done twice. */
  private lost(error: AppError): void {
    this.logger.error(error.message);
    const { open, loop } = this;
    this.open = undefined;
    this.loop = undefined;
    loop?.stop();
    this.move({ event: 'lease-lost', at: this.clock.now() });
    this.obstacle = error.message;
    // A start that comes meanwhile waits: both would speak through the same lines.
    if (open !== undefined) this.turns.start(() => open.close());
  }

  private agreed(): void {
    this.obstacle = undefined;
    const { state } = this.control;
    if (state === 'reconciling' || state === 'halted') {
      this.move({ event: 'reconciled', at: this.clock.now() });
    }
  }

  private hindered(error: AppError | undefined): void {
    const isLinked = this.session?.isLinked !== false;
    this.obstacle =
      error?.message ?? (isLinked ? 'journal and exchange differ' : 'the account stream is away');
    if (error?.kind === 'broken-invariant') this.halt('broken-invariant', error.message);
    else if (error !== undefined) this.logger.warn(`the account could not be reconciled: ${error.message}`);
  }

  private doubt(reason: string): void {
    if (this.control.state === 'on') this.move({ event: 'doubt', at: this.clock.now() });
    this.loop?.ask(reason);
  }

  private broke(error: AppError): void {
    if (error.code === 'TRADING.LEASE_LOST') this.lost(error);
    else this.halt('broken-invariant', error.message);
  }

  /** In finding signals, or in learning from them. */
  private failed({ message }: AppError): void {
    if (this.open === undefined) this.logger.error(message);
    else this.halt('broken-invariant', message);
  }

  /** What was lost does not come back by waiting. A stop that is under way goes on. */
  private drawn(): void {
    const { state } = this.control;
    if (state === 'on' || state === 'reconciling') this.halt('breaker', 'the drawdown limit is reached');
  }

  private tellPosition(symbol: string): void {
    const { session } = this;
    if (session === undefined) return;
    this.news.position(symbol, () => positionsOf(session).find((each) => each.symbol === symbol) ?? null);
  }

  private move(move: ControlMove): void {
    const before = this.control.state;
    this.control = moveControl(this.control, move);
    const { state } = this.control;
    if (state === before) return;
    this.news.state(state, move.at);
  }
}

const stillStopping = (): AppError =>
  new AppError('rejected', 'TRADING.STOPPING', 'trading is stopping; start it once it is off');

const pause = (ms: DurationMs): Promise<void> => new Promise((wake) => setTimeout(wake, ms).unref());
