/**
 * The graded circuit breaker: how freely may we open positions? Three sources are measured – calls to the exchange, the
 * quality of the data, losses – and the worst of them decides. Rules and table: docs/trading-risk.md.
 *
 * `now` is to be a time that runs as this machine does (milliseconds, any epoch): latencies and recoveries are of this
 * world, also when the exchange's time is emulated faster.
 */
import type { UtcMs } from '@slt/domain';
import { type BreakerLevel, type BreakerPhase, gradeOf, levelOf, worseOf } from './breaker-level';
import { type BreakerMove, nextBreakerPhase, worsening } from './breaker-phase';
import { type BreakerSettings, completeBreakerSettings } from './breaker-settings';
import type {
  BreakerEvent,
  BreakerReason,
  BreakerSource,
  BreakerState,
  BreakerTransition,
  GaugeCode,
} from './breaker-words';
import { CallWindow } from './call-window';
import { type EntryPermit, FULL_PERMIT, NO_PERMIT, PROBE_PERMIT } from './entry-permit';
import { Gauge } from './gauge';

const UNMOVED: readonly BreakerTransition[] = Object.freeze([]);
const MAX_COOL_DOWNS = 8;

const GAUGES: readonly GaugeCode[] = [
  'ERROR_RATE',
  'LATENCY',
  'STALE_STREAMS',
  'COLD_SYMBOLS',
  'DAILY_LOSS',
  'DRAWDOWN',
  'LOSING_STREAK',
];

const SOURCES: Readonly<Record<BreakerSource, readonly GaugeCode[]>> = {
  exchange: ['ERROR_RATE', 'LATENCY'],
  data: ['STALE_STREAMS', 'COLD_SYMBOLS'],
  losses: ['DAILY_LOSS', 'DRAWDOWN', 'LOSING_STREAK'],
};

export class GradedCircuitBreaker {
  private readonly settings: BreakerSettings;
  private readonly calls: CallWindow;
  private readonly gauges: Readonly<Record<GaugeCode, Gauge>>;
  private phase: BreakerPhase;
  private now: UtcMs;
  private since: UtcMs;
  /** Since when all sources are better than the level; undefined while one is not. */
  private calmSince: UtcMs | undefined;
  /** Cool-downs that the next block lasts. */
  private coolDowns = 1;
  /** Entries let through since then, while half-open. */
  private admitted = 0;
  private admittedSince: UtcMs;
  private proven = 0;

  /**
   * @param given over the defaults
   * @param start.phase what the breaker was before a restart: `half-open` goes on as `blocked`
   * @throws AppError invalid, `BREAKER.SETTINGS`
   */
  constructor(
    given: Partial<BreakerSettings>,
    start: { readonly now: UtcMs; readonly phase?: BreakerPhase },
  ) {
    const settings = completeBreakerSettings(given);
    const gauge = (name: GaugeThresholds): Gauge => new Gauge(settings[name], settings.releaseShare);
    this.settings = settings;
    this.calls = new CallWindow(settings.windowMs);
    this.gauges = {
      ERROR_RATE: gauge('errorRate'),
      LATENCY: gauge('latencyMs'),
      STALE_STREAMS: gauge('staleStreams'),
      COLD_SYMBOLS: gauge('coldSymbols'),
      DAILY_LOSS: gauge('dailyLoss'),
      DRAWDOWN: gauge('drawdown'),
      LOSING_STREAK: gauge('losingStreak'),
    };
    this.phase = settings.isEnabled ? levelOf(start.phase ?? 'normal') : 'normal';
    this.now = start.now;
    this.since = start.now;
    this.admittedSince = start.now;
  }

  get currentPhase(): BreakerPhase {
    return this.phase;
  }

  /** What it was before a restart, where nothing was heard yet: `half-open` goes on as `blocked`. */
  resume(phase: BreakerPhase): void {
    if (!this.settings.isEnabled || this.phase !== 'normal' || this.calls.count > 0) return;
    this.phase = levelOf(phase);
    this.since = this.now;
  }

  /** @returns the moves that follow, in order; mostly none */
  observe(event: BreakerEvent, now: UtcMs): readonly BreakerTransition[] {
    if (!this.settings.isEnabled) return UNMOVED;
    this.now = Math.max(this.now, now);
    const moves: BreakerTransition[] = [];
    switch (event.kind) {
      case 'call':
        this.calls.add(event, this.now);
        if (this.phase === 'half-open') this.judge(event.isOk, moves);
        break;
      case 'data':
        this.gauges.STALE_STREAMS.set(event.staleStreams);
        this.gauges.COLD_SYMBOLS.set(1 - event.warmSymbols);
        break;
      case 'losses':
        this.gauges.DAILY_LOSS.set(event.dailyLoss);
        this.gauges.DRAWDOWN.set(event.drawdown);
        this.gauges.LOSING_STREAK.set(event.losingStreak);
        break;
      case 'entry':
        if (this.phase === 'half-open') this.admitted++;
        break;
      case 'reset':
        this.calls.clear();
        this.coolDowns = 1;
        if (this.phase !== 'normal') this.move('reset', moves);
        break;
    }
    this.evaluate(moves);
    return moves.length === 0 ? UNMOVED : moves;
  }

  /** Time passes: about once a second. @returns the moves that follow */
  tick(now: UtcMs): readonly BreakerTransition[] {
    if (!this.settings.isEnabled) return UNMOVED;
    this.now = Math.max(this.now, now);
    const moves: BreakerTransition[] = [];
    this.evaluate(moves);
    return moves.length === 0 ? UNMOVED : moves;
  }

  state(): BreakerState {
    return {
      level: levelOf(this.phase),
      isHalfOpen: this.phase === 'half-open',
      reasons: this.reasons(),
      since: this.since,
      sources: {
        exchange: this.worstOf(SOURCES.exchange),
        data: this.worstOf(SOURCES.data),
        losses: this.worstOf(SOURCES.losses),
      },
    };
  }

  /** What an entry may do now. Exits, stops and cancels never ask. */
  permit(): EntryPermit {
    const { throttledSize, throttledConfidence, probes } = this.settings;
    switch (this.phase) {
      case 'normal':
      case 'warning':
        return FULL_PERMIT;
      case 'throttled':
        return { kind: 'reduced', sizeFactor: throttledSize, minConfidence: throttledConfidence };
      case 'half-open':
        return this.admitted < probes ? PROBE_PERMIT : NO_PERMIT;
      case 'blocked':
        return NO_PERMIT;
    }
  }

  /** One call while half-open. */
  private judge(isOk: boolean, moves: BreakerTransition[]): void {
    if (!isOk) {
      this.coolDowns = Math.min(MAX_COOL_DOWNS, 2 * this.coolDowns);
      this.move('disprove', moves);
    } else if (++this.proven >= this.settings.probes) this.move('prove', moves);
  }

  private evaluate(moves: BreakerTransition[]): void {
    this.measureCalls();
    const asked = this.asked();
    const worse = worsening(this.phase, asked);
    if (worse !== undefined) this.move(worse, moves);
    this.calmSince = this.isCalm(asked) ? (this.calmSince ?? this.now) : undefined;
    if (this.calmSince === undefined) return;
    if (this.phase === 'blocked') this.coolIfOver(moves);
    else if (this.phase === 'half-open') this.refill();
    else if (this.now - this.calmSince >= this.settings.recoveryMs) this.move('calm', moves);
  }

  private coolIfOver(moves: BreakerTransition[]): void {
    if (this.now - this.since < this.settings.coolDownMs * this.coolDowns) return;
    // The calls that led here have had their effect; the probes are judged by themselves.
    this.calls.clear();
    this.move('cool', moves);
  }

  /** Entries that were let through and of which nothing was heard do not keep it shut for ever. */
  private refill(): void {
    if (this.admitted < this.settings.probes) return;
    if (this.now - this.admittedSince < this.settings.coolDownMs) return;
    this.admittedSince = this.now;
    this.admitted = 0;
  }

  private move(move: BreakerMove, moves: BreakerTransition[]): void {
    const from = this.phase;
    const reasons = this.reasons();
    this.phase = nextBreakerPhase(from, move);
    this.since = this.now;
    this.calmSince = this.isCalm() ? this.now : undefined;
    this.admittedSince = this.now;
    this.admitted = 0;
    this.proven = 0;
    if (this.phase === 'normal') this.coolDowns = 1;
    moves.push({ from, to: this.phase, move, at: this.now, reasons });
  }

  private measureCalls(): void {
    const { calls, gauges } = this;
    calls.slide(this.now);
    const isEnough = calls.count >= this.settings.minCalls;
    gauges.ERROR_RATE.set(isEnough ? calls.errorRate : null);
    gauges.LATENCY.set(isEnough ? calls.latencyMs : null);
  }

  private asked(): BreakerLevel {
    return this.worstOf(GAUGES);
  }

  /** All sources are better than the level. */
  private isCalm(asked = this.asked()): boolean {
    return gradeOf(asked) < gradeOf(levelOf(this.phase));
  }

  private worstOf(codes: readonly GaugeCode[]): BreakerLevel {
    let worst: BreakerLevel = 'normal';
    for (const code of codes) worst = worseOf(worst, this.gauges[code].level);
    return worst;
  }

  private reasons(): readonly BreakerReason[] {
    const reasons: BreakerReason[] = [];
    for (const code of GAUGES) {
      const { value, threshold } = this.gauges[code];
      // A value that is no number cannot be told in JSON; that it counts as bad can.
      if (threshold !== null)
        reasons.push({ code, value: Number.isFinite(value) ? value! : threshold, threshold });
    }
    if (this.phase === 'half-open') {
      reasons.push({ code: 'PROBING', value: this.proven, threshold: this.settings.probes });
    } else if (this.isCalm()) {
      reasons.push(this.recovering());
    }
    return reasons;
  }

  private recovering(): BreakerReason {
    const { coolDownMs, recoveryMs } = this.settings;
    const isBlocked = this.phase === 'blocked';
    return {
      code: 'RECOVERING',
      value: this.now - (isBlocked ? this.since : (this.calmSince ?? this.now)),
      threshold: isBlocked ? coolDownMs * this.coolDowns : recoveryMs,
    };
  }
}

type GaugeThresholds =
  'errorRate' | 'latencyMs' | 'staleStreams' | 'coldSymbols' | 'dailyLoss' | 'drawdown' | 'losingStreak';
