/**
 * Trading on paper, as the service runs it: journal, lease and paper account in an embedded PostgreSQL of its own. Only
 * prices come from the benchmark's hand, as the market of the paper broker has no exchange behind it here.
 */
import { createRequire } from 'node:module';
import { temporaryFolder, until } from './process.mjs';

const require = createRequire(import.meta.url);
const dist = (path) => require(`../../dist/libs/${path}.js`);
const { AppConfig } = dist('config/src/index');
const { Database, DataDirLock } = dist('database/src/index');
const { parseExchangeInfo } = dist('exchange/src/core/exchange-info');
const { exchangeInfo } = dist('emulator/src/rest/exchange-info');
const { TradingService, Journal, Leases } = dist('trading/src/index');
const { JournalDatabase } = dist('trading/src/journal/journal-database');
const { PaperBroker } = dist('trading/src/paper-broker');
const { PostgresPaperStore } = dist('trading/src/paper/postgres-paper-store');
const { SessionFactory } = dist('trading/src/session/session-factory');
const { ManualPriceFeed } = dist('trading/src/testing/manual-price-feed');
const { ClusterMarketWatch } = dist('../apps/trader/src/trading/cluster-market-watch');

const ACCOUNT = 'paper:bench';
/** Losses must not end the measurement: what is wanted is a market full of decisions. */
const RECKLESS = {
  MAX_CONCURRENT_ORDERS: 20,
  PAPER_BALANCE: 1_000_000,
  RISK_POSITION_SHARE: 0.02,
  RISK_CORRELATED_SHARE: 1,
  RISK_LOSING_STREAK: 1_000,
  RISK_DAILY_LOSS: 0.99,
  RISK_DRAWDOWN: 0.99,
  GRADED_CIRCUIT_BREAKER_ENABLED: false,
};
const SETTLE_LIMIT_MS = 30_000;

export class TradingRig {
  #folder = temporaryFolder();
  #decisions = { signals: 0, traded: 0 };
  #lastIntentAt;

  /** @param market of the emulator's; @param cluster, smc the pipeline that is measured; @param clock its clock */
  constructor({ market, cluster, smc, clock }) {
    this.clock = clock;
    const limits = { weightLimit: 2400, orderLimits: { ordersPerMinute: 1200, ordersPer10Seconds: 300 } };
    const { instruments } = parseExchangeInfo(exchangeInfo(market, clock.now(), limits));
    this.instruments = new Map(instruments.map((each) => [each.symbol, each]));
    this.universe = { find: (symbol) => this.instruments.get(symbol), current: () => this };
    this.watch = new ClusterMarketWatch(cluster, this.universe, smc);
    this.config = Object.assign(new AppConfig(), { DATA_DIR: this.#folder.folder, ...RECKLESS });
    this.database = new Database(this.config, new DataDirLock(this.config));
    this.feed = new ManualPriceFeed(clock);
    this.trading = this.#service();
    this.trading.connect(this.watch);
    this.trading.events.subscribe((event) => event.type === 'signal' && this.#count(event.decision));
    cluster.onCandle((...closed) => this.trading.onCandle(...closed));
    cluster.onReload((symbol) => this.trading.onReload(symbol));
  }

  async start() {
    await this.trading.start();
    await until(() => this.trading.status().state === 'on', SETTLE_LIMIT_MS);
  }

  /** Prices follow the candles that closed: for orders, and for what rests on the followed symbols. */
  price(symbol, price) {
    const instrument = this.instruments.get(symbol);
    if (instrument !== undefined) this.feed.move(symbol, price, Number(instrument.filters.tickSize));
  }

  /** Resolves when nothing is under way: orders answered, positions protected, the journal written. */
  async settled() {
    const { session } = this.trading;
    await until(() => session.isQuiet(false) && session.journalLagMs === 0, SETTLE_LIMIT_MS, 2);
  }

  /** When the last intent since was given to the broker, by performance.now(); undefined: there was none. */
  takeLastIntent() {
    const at = this.#lastIntentAt;
    this.#lastIntentAt = undefined;
    return at;
  }

  /** How many signals were decided on, and how many of them were traded. */
  decisions() {
    return this.#decisions;
  }

  get state() {
    return this.trading.status().state;
  }

  async close() {
    await this.trading.onModuleDestroy();
    await this.database.close();
    this.#folder.remove();
  }

  #service() {
    const { clock, config, database, feed } = this;
    const tables = new JournalDatabase(database);
    const reach = (step) => step === 'before-send' && (this.#lastIntentAt = performance.now());
    const brokers = {
      account: ACCOUNT,
      create: (instrument) =>
        new PaperBroker({
          feed,
          store: new PostgresPaperStore(database, ACCOUNT),
          clock,
          instrument,
          settings: { initialBalance: String(config.PAPER_BALANCE) },
        }),
    };
    const journal = new Journal(tables);
    const sessions = new SessionFactory(config, clock, journal, new Leases(tables), brokers, reach);
    return new TradingService(config, clock, sessions);
  }

  /** An entry that was not filled is told of twice. */
  #count({ decision, reasons }) {
    if (reasons.includes('ENTRY_NOT_FILLED') || reasons.includes('ORDER_REJECTED')) return;
    this.#decisions.signals++;
    if (decision === 'traded') this.#decisions.traded++;
  }
}
