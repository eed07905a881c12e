/**
 * Orders in a process of their own: `node order-measure.mjs EMULATOR_URL COUNT` prints milliseconds of each as JSON. In
 * turns, each on a symbol of its own, buying and selling: the SDK alone, the live broker, and the order desk with its
 * journal in an embedded PostgreSQL.
 */
import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import { temporaryFolder } from './process.mjs';

const require = createRequire(import.meta.url);
const dist = (path) => require(`../../dist/libs/${path}.js`);
const { Logger } = require('@nestjs/common');
const { USDMClient } = require('binance/lib/usdm-client');
const { AppConfig } = dist('config/src/index');
const { Database, DataDirLock } = dist('database/src/index');
const { DEFAULT_API_KEY, DEFAULT_API_SECRET } = dist('emulator/src/index');
const { createParts } = dist('exchange/src/testing/parts');
const { Journal, Leases } = dist('trading/src/index');
const { BinanceBroker } = dist('trading/src/binance-broker');
const { JournalDatabase } = dist('trading/src/journal/journal-database');
const { AccountBook } = dist('trading/src/session/account-book');
const { OrderDesk } = dist('trading/src/session/order-desk');
const { OrderedJournal } = dist('trading/src/session/ordered-journal');

const ACCOUNT = 'live:bench';
const LEASE_MS = 600_000;
const NOTIONAL = 500;
/** Orders of each before the clock counts. */
const SETTLING = 10;
const SYMBOLS = { bare: 'BTCUSDT', broker: 'ETHUSDT', desk: 'SOLUSDT' };

class Ways {
  #folder = temporaryFolder();
  #count = 0;
  journal = [];

  async open(url) {
    const keys = { BINANCE_API_KEY: DEFAULT_API_KEY, BINANCE_API_SECRET: DEFAULT_API_SECRET };
    const address = { url, wsUrl: url.replace('http', 'ws') };
    this.parts = createParts(address, { config: { ...keys, DATA_DIR: this.#folder.folder } });
    await this.parts.clock.sync();
    this.instruments = (await this.parts.universe.load()).instruments;
    this.agent = new Agent({ keepAlive: true });
    this.sdk = new USDMClient(
      { api_key: DEFAULT_API_KEY, api_secret: DEFAULT_API_SECRET, baseUrl: url, disableTimeSync: true },
      { httpAgent: this.agent, proxy: false },
    );
    this.broker = new BinanceBroker(this.parts.account, this.parts.userStream, this.parts.time);
    await this.#openDesk();
    await this.broker.open((event) => this.#hear(event));
    for (const symbol of Object.values(SYMBOLS)) await this.broker.prepare(symbol, 5);
  }

  bare(order) {
    return this.sdk.submitNewOrder({
      symbol: order.symbol,
      side: order.side.toUpperCase(),
      type: 'MARKET',
      quantity: order.quantity,
      newClientOrderId: this.sdk.generateNewOrderId(),
      newOrderRespType: 'RESULT',
    });
  }

  placed(order) {
    return this.broker.place({ ...order, kind: 'market', clientOrderId: this.#name(), reduceOnly: false });
  }

  /** As the session does: the order with its plan. */
  async desked({ symbol, side, quantity }) {
    const isEntry = side === 'buy';
    if (isEntry) this.plan = this.#plan(symbol);
    const draft = {
      positionId: this.plan.id,
      role: isEntry ? 'entry' : 'exit',
      ...(isEntry ? {} : { exitReason: 'flatten' }),
      generation: 1,
      order: { kind: 'market', symbol, side, quantity, reduceOnly: !isEntry },
    };
    const [order] = await this.desk.place([draft], isEntry ? [this.book.plan(this.plan)] : []);
    if (order.status !== 'filled') throw new Error(`the order is ${order.status}: ${order.reason}`);
  }

  /** What the stream and the journal have still to do with it must not be in the next one's time. */
  async settled() {
    await new Promise((wake) => setTimeout(wake, 5));
    await this.writer.settled();
  }

  async quantity(symbol) {
    const { filters } = this.instruments.get(symbol);
    const { bid } = await this.parts.prices.bookTop(symbol);
    const step = Math.max(Number(filters.stepSize), Number(filters.marketStepSize));
    const decimals = String(filters.stepSize).split('.')[1]?.length ?? 0;
    return (Math.ceil(NOTIONAL / bid / step) * step).toFixed(decimals);
  }

  async close() {
    await this.desk.close();
    await this.broker.close();
    await this.writer.settled();
    await this.parts.close();
    this.agent.destroy();
    await this.database.close();
    this.#folder.remove();
  }

  async #openDesk() {
    const config = Object.assign(new AppConfig(), { DATA_DIR: this.#folder.folder });
    this.database = new Database(config, new DataDirLock(config));
    const tables = new JournalDatabase(this.database);
    const journal = new Journal(tables);
    const lease = await new Leases(tables).acquire({ account: ACCOUNT, ttlMs: LEASE_MS });
    const nothing = () => undefined;
    const fail = (error) => {
      throw error;
    };
    this.writer = new OrderedJournal({ append: (entries) => journal.append(lease, entries) }, fail);
    const heard = { changed: nothing, traded: nothing, filled: nothing, funded: nothing };
    this.book = new AccountBook({ ...heard, journal: (entries) => this.writer.note(entries) });
    let journalFrom = 0;
    this.desk = new OrderDesk({
      book: this.book,
      writer: this.writer,
      broker: this.broker,
      clock: this.parts.time,
      digest: (text) => createHash('sha256').update(text).digest('hex'),
      reach: (step) => {
        if (step === 'before-journal') journalFrom = performance.now();
        if (step === 'after-journal') this.journal.push(performance.now() - journalFrom);
      },
      fencingToken: lease.token,
      maySend: () => lease.remainingMs() > 0,
      mayOpen: () => true,
      broke: fail,
    });
  }

  #hear(event) {
    if (event.kind === 'order') this.book.report(event.report);
    // Those of the other ways are on the same account, and not of this journal.
    if (event.kind === 'fill' && event.fill.symbol === SYMBOLS.desk) this.book.fill(event.fill);
  }

  #plan(symbol) {
    const now = Math.floor(this.parts.time.now());
    return {
      id: `${symbol}:1m:sweep-reversal:long:${now}`,
      symbol,
      direction: 'long',
      setup: 'sweep-reversal',
      stop: '1',
      target: '1000000',
      entry: '100',
      confidence: 0.7,
      openedAt: now,
    };
  }

  #name() {
    return `bench-${process.pid}-${this.#count++}`;
  }
}

async function measure(url, count) {
  const ways = new Ways();
  await ways.open(url);
  const quantities = {};
  for (const [way, symbol] of Object.entries(SYMBOLS)) quantities[way] = await ways.quantity(symbol);
  const send = {
    bare: (order) => ways.bare(order),
    broker: (order) => ways.placed(order),
    desk: (order) => ways.desked(order),
  };
  const times = { bare: [], broker: [], desk: [] };
  for (let i = 0; i < count; i++) {
    for (const way of Object.keys(send)) {
      const order = { symbol: SYMBOLS[way], side: i % 2 === 0 ? 'buy' : 'sell', quantity: quantities[way] };
      const from = performance.now();
      await send[way](order);
      times[way].push(performance.now() - from);
      await ways.settled();
    }
  }
  await ways.close();
  const counted = Object.entries({ ...times, journal: ways.journal });
  return Object.fromEntries(counted.map(([way, all]) => [way, all.slice(SETTLING)]));
}

Logger.overrideLogger(false);
const [url, count] = process.argv.slice(2);
console.log(JSON.stringify(await measure(url, Number(count))));
process.exit(0);
