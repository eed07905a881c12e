/** Takes an account over: the lease first, then the journal, then the broker. */
import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import {
  type AppError,
  type Clock,
  type DurationMs,
  type Interval,
  intervalMs,
  SECOND_MS,
} from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import type { BreakerTransition, GradedCircuitBreaker } from '../core/breaker';
import type { RiskLimits } from '../core/risk';
import type { Decision, Signal } from '../core/signal';
import { BrokerFactory, type CandlePrices } from '../broker-factory';
import type { Broker } from '../core/broker';
import type { MinuteClock } from '../minutes/minute-clock';
import { Journal } from '../journal/journal';
import { type HeldLease, type LeaseRequest, Leases } from '../journal/lease';
import { LeaseKeeper } from '../journal/lease-keeper';
import { TradingTelemetry } from '../telemetry';
import { type Checkpoint, CHECKPOINT, passOn } from './checkpoint';
import type { MarketWatch } from './market-watch';
import { ObservedBroker } from './observed-broker';
import type { SessionCandles, SessionJournal, SessionListener } from './session-parts';
import { TradingSession } from './trading-session';
import { within } from './within';

const LEASE_MS: DurationMs = 15 * SECOND_MS;
const RELEASE_LIMIT_MS: DurationMs = 2 * SECOND_MS;

export interface SessionRequest {
  readonly market: MarketWatch;
  readonly limits: RiskLimits;
  readonly breaker: GradedCircuitBreaker;
  readonly listener: SessionListener;
  /** Of candles that drive the account; undefined: quotes do. */
  readonly minutes?: SessionMarket | undefined;
  /** The lease is another's, or may be. */
  lost(error: AppError): void;
}

/** The market of a session that lives by candles. */
export interface SessionMarket {
  readonly market: MarketWatch & CandlePrices;
  readonly clock: MinuteClock;
}

/** A session with the lease that it stands on. */
export class OpenSession {
  constructor(
    readonly account: string,
    readonly session: TradingSession,
    private readonly lease: HeldLease,
    private readonly keeper: LeaseKeeper,
  ) {}

  /** Gives the account free for others. */
  async close(): Promise<void> {
    await this.session.close();
    this.keeper.stop();
    // Where the database does not answer, the lease runs out by itself.
    await within(this.lease.release(), RELEASE_LIMIT_MS);
  }
}

/** One that knows nothing of candles serves sessions that live by quotes. */
type Brokers = Pick<BrokerFactory, 'account' | 'create'> &
  Partial<Pick<BrokerFactory, 'matching' | 'createByCandles'>>;

@Injectable()
export class SessionFactory {
  readonly telemetry = new TradingTelemetry();
  private readonly logger = new Logger('Trading');

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Journal) private readonly journal: SessionJournal & Pick<Journal, 'breakerChanged'>,
    @Inject(Leases) private readonly leases: { acquire(request: LeaseRequest): Promise<HeldLease> },
    @Inject(BrokerFactory) private readonly brokers: Brokers,
    @Optional() @Inject(CHECKPOINT) private readonly reach: Checkpoint = passOn,
  ) {}

  get account(): string {
    return this.brokers.account;
  }

  /** What set-ups are looked for on, and exits judged by: the shortest that is followed. */
  get interval(): Interval {
    return [...this.config.HISTORY_INTERVALS].sort((a, b) => intervalMs(a) - intervalMs(b))[0]!;
  }

  /** Whether sessions live by candles, and want their market. */
  get isByCandles(): boolean {
    return this.brokers.matching === 'candles';
  }

  /** @throws AppError rejected `TRADING.LEASE_HELD`, `TRADING.NO_KEYS`; what journal and exchange fail with */
  async open(request: SessionRequest): Promise<OpenSession> {
    const { limits, breaker, listener, lost, minutes } = request;
    const { account, journal, reach, interval, telemetry } = this;
    const { market, clock } = minutes ?? { market: request.market, clock: this.clock };
    const { bare, candles } = this.brokerFor(request);
    const broker = new ObservedBroker(bare, (call) => {
      telemetry.called(call);
      session.called(call.isOk, call.latencyMs);
    });
    const lease = await this.leases.acquire({ account, ttlMs: LEASE_MS });
    const keeper = new LeaseKeeper(lease, lost);
    const session = new TradingSession(
      {
        ...{ account, broker, journal, lease, clock, market, interval, limits, breaker },
        ...{ digest, reach, telemetry, candles },
      },
      listener,
    );
    const open = new OpenSession(account, session, lease, keeper);
    try {
      keeper.start();
      await session.open();
      return open;
    } catch (error) {
      await open.close();
      throw error;
    }
  }

  private brokerFor({ market, minutes }: SessionRequest): { bare: Broker; candles?: SessionCandles } {
    const byCandles = minutes && this.brokers.createByCandles?.(minutes.market, minutes.clock);
    if (byCandles?.line === undefined) {
      return { bare: this.brokers.create((symbol) => market.instrument(symbol)) };
    }
    return { bare: byCandles, candles: { line: byCandles.line, clock: minutes!.clock } };
  }

  /** The breaker was moved while nobody traded. */
  async recordBreaker(change: BreakerTransition): Promise<void> {
    try {
      await this.journal.breakerChanged(this.account, change);
    } catch (error) {
      this.logger.warn(`a change of the circuit breaker was not recorded: ${String(error)}`);
    }
  }

  /** A signal that nobody was there to trade. */
  async recordRefusal(signal: Signal, decision: Decision): Promise<void> {
    try {
      await this.journal.recordSignal(this.account, signal, decision);
    } catch (error) {
      this.logger.debug(`a signal was not recorded: ${String(error)}`);
    }
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
