/**
 * Trading as a whole, in memory and in virtual time: the real service and session, a paper exchange whose prices a spec
 * moves, a journal that can be away, and a line to the exchange that can fail. A process can be killed and begin again.
 */
import { AppConfig } from '@slt/config';
import type { CandleSeries, Instrument } from '@slt/domain';
import type { Advisor } from '../../core/advice';
import type { Broker, OrderReport } from '../../core/broker';
import { signOf, type Direction, type Signal } from '../../core/signal';
import { leaseLost } from '../../journal/lease-lost';
import type { LeaseRequest, HeldLease } from '../../journal/lease';
import { PaperBroker } from '../../paper-broker';
import { BTC, instrumentOf } from '../../testing/instruments';
import { ManualPriceFeed } from '../../testing/manual-price-feed';
import { MemoryPaperStore } from '../../testing/memory-paper-store';
import { FLAT } from '../../testing/spec-account';
import { TradingService } from '../../trading.service';
import type { TradingEvent } from '../../trading-status';
import type { MarketWatch } from '../market-watch';
import { SessionFactory } from '../session-factory';
import { FaultyBroker, type Fates, SOUND } from './faulty-broker';
import { MemoryJournal } from './memory-journal';
import { clock, passes } from './virtual-time';

export const ACCOUNT = 'paper:world';
export const ETH = instrumentOf('ETHUSDT', { tickSize: '0.01', minPrice: '0.01' });
const INSTRUMENTS = new Map<string, Instrument>([BTC, ETH].map((each) => [each.symbol, each]));
export const START_PRICES: Readonly<Record<string, number>> = { BTCUSDT: 60_000, ETHUSDT: 3_000 };

/** What lives and dies with a process. */
interface Life {
  readonly service: TradingService;
  readonly events: TradingEvent[];
  broker: FaultyBroker | undefined;
}

export class TradingWorld {
  readonly journal = new MemoryJournal();
  readonly prices = new Map(Object.entries(START_PRICES));
  readonly series = new Map<string, CandleSeries>();
  readonly delisted = new Set<string>();
  /** Of all lives. */
  readonly brokers: FaultyBroker[] = [];
  fates: Fates = SOUND;
  private readonly feed = new ManualPriceFeed(clock);
  /** Goes on whatever becomes of us. */
  private readonly paper = new PaperBroker({
    feed: this.feed,
    store: new MemoryPaperStore(),
    clock,
    instrument: (symbol) => INSTRUMENTS.get(symbol),
    settings: FLAT,
  });
  private life: Life;
  private opened: Promise<void> | undefined;
  private token = 0;
  private signals = 0;

  constructor(
    private readonly config: Partial<AppConfig> = {},
    private readonly advisor?: Advisor,
  ) {
    this.life = this.begin();
  }

  get service(): TradingService {
    return this.life.service;
  }

  get broker(): FaultyBroker {
    return this.life.broker!;
  }

  get events(): readonly TradingEvent[] {
    return this.life.events;
  }

  get state(): string {
    return this.service.status().state;
  }

  async start(): Promise<void> {
    this.opened ??= this.open();
    await this.opened;
    const started = this.service.start();
    started.catch(() => undefined);
    await passes(2_000);
    await started;
  }

  /** Like kill -9, and a new process that knows only what was kept. It still has to be started. */
  crash(): void {
    this.life.broker?.die();
    this.life = this.begin();
  }

  move(symbol: string, price: number): void {
    this.prices.set(symbol, price);
    this.feed.move(symbol, price, Number(INSTRUMENTS.get(symbol)!.filters.tickSize));
  }

  /** At the price of now, with a stop a hundredth away and twice that to gain, unless told otherwise. */
  signal(symbol: string, direction: Direction, given: Partial<Signal> = {}): Signal {
    const entry = this.prices.get(symbol)!;
    const sign = signOf(direction);
    const at = clock.now();
    return {
      id: `${symbol}:1m:block-retest:${direction}:${at}-${++this.signals}`,
      symbol,
      interval: '1m',
      setup: 'block-retest',
      direction,
      at,
      entry,
      stop: entry * (1 - sign * 0.01),
      target: entry * (1 + sign * 0.02),
      confidence: 0.75,
      parts: {},
      ...given,
    };
  }

  /** @returns the signal that was considered */
  consider(symbol: string, direction: Direction, given: Partial<Signal> = {}): Signal {
    const signal = this.signal(symbol, direction, given);
    this.service.consider(signal);
    return signal;
  }

  /** What the exchange knows, without asking through the line. */
  async exchange(): Promise<{
    positions: Map<string, string>;
    open: readonly OrderReport[];
    wallet: string;
  }> {
    const { positions, openOrders, walletBalance } = await this.paper.account();
    return {
      positions: new Map(positions.map(({ symbol, quantity }) => [symbol, quantity])),
      open: openOrders,
      wallet: walletBalance,
    };
  }

  /** By somebody else, on the exchange's own page. */
  get byHand(): Broker {
    return this.paper;
  }

  /** The account stream breaks, or is there again. */
  link(isUp: boolean): void {
    this.broker.hear({ kind: 'link', isUp });
  }

  /** Another process takes the account. */
  takeLease(): void {
    this.journal.token = ++this.token;
  }

  private begin(): Life {
    const config = Object.assign(new AppConfig(), this.config);
    const brokers = { account: ACCOUNT, create: () => this.createBroker() };
    const leases = { acquire: (request: LeaseRequest) => Promise.resolve(this.lease(request)) };
    const sessions = new SessionFactory(config, clock, this.journal, leases, brokers);
    const service = new TradingService(config, clock, sessions, this.advisor);
    service.connect(this.market());
    const events: TradingEvent[] = [];
    service.events.subscribe((event) => events.push(event));
    return { service, events, broker: undefined };
  }

  private async open(): Promise<void> {
    for (const [symbol, price] of this.prices) this.move(symbol, price);
    await this.paper.open((event) => this.life.broker?.hear(event));
  }

  private createBroker(): Broker {
    // The line may fail differently in each life, and as the world says at the time.
    const fates: Fates = {
      place: (order) => this.fates.place(order),
      event: (event) => this.fates.event(event),
      ask: (name) => this.fates.ask(name),
    };
    const broker = new FaultyBroker(this.paper, fates);
    this.life.broker = broker;
    this.brokers.push(broker);
    return broker;
  }

  private lease({ account, ttlMs }: LeaseRequest): HeldLease {
    this.takeLease();
    const token = this.token;
    let expiresAt = performance.now() + ttlMs;
    return {
      account,
      token,
      ttlMs,
      remainingMs: () => expiresAt - performance.now(),
      renew: async () => {
        await Promise.resolve();
        if (this.journal.failure !== undefined) throw this.journal.failure;
        if (this.token !== token) throw leaseLost(account, [token]);
        expiresAt = performance.now() + ttlMs;
      },
      release: async () => {
        expiresAt = -Infinity;
        await Promise.resolve();
      },
    };
  }

  private market(): MarketWatch {
    return {
      instrument: (symbol) => (this.delisted.has(symbol) ? undefined : INSTRUMENTS.get(symbol)),
      isTradable: (symbol) => !this.delisted.has(symbol),
      series: (symbol) => this.series.get(symbol),
      view: () => undefined,
      quality: () => ({ staleStreams: 0, warmSymbols: 1 }),
    };
  }
}
