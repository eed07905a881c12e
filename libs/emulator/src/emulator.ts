/**
 * The emulated exchange: Binance's USDⓈ-M wire protocol on one port of this machine, over generated or recorded markets,
 * with its limits, and with the faults that are asked for.
 */
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { UtcMs } from '@slt/domain';
import { AccountSide, type LedgerReport } from './account/account-side';
import type { ApiKey, NewApiKey } from './account/api-keys';
import { adminRoutes } from './admin/admin-routes';
import { originOf, resolveOptions, type EmulatorOptions, type ResolvedOptions } from './emulator-options';
import type { Exchange } from './exchange';
import { ExchangeTime, type TimeOrigin } from './exchange-time';
import type { DeadKeyConnections } from './faults/account-fault-rule';
import { parseFaultScript, scheduleFaults } from './faults/fault-script';
import { Faults } from './faults/faults';
import { CallLimiter, FUNDING_CALLS, FUNDING_WINDOW_MS } from './limits/call-limiter';
import { OrderLimiter } from './limits/order-limiter';
import { WeightLimiter } from './limits/weight-limiter';
import { createGeneratedMarket, createReplayMarket, type Market, type PriceShift } from './market';
import { RestServer } from './rest/rest-server';
import { Scheduler } from './scheduler';
import { StatsRecorder, type EmulatorStats } from './stats';
import { feedStarter } from './streams/feeds';
import { StreamHub } from './streams/stream-hub';
import { StreamServer } from './streams/stream-server';
import { Ticker } from './streams/ticker';

/** How to reach who listens everywhere. */
const REACHABLE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export class Emulator {
  private readonly hub: StreamHub;
  private readonly rest: RestServer;
  private readonly streams: StreamServer;
  private readonly ticker: Ticker;
  private readonly accounts: AccountSide;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly exchange: Exchange,
    private readonly options: ResolvedOptions,
  ) {
    const { closeDelay, klineUpdateMs } = options;
    this.ticker = new Ticker(klineUpdateMs);
    this.hub = new StreamHub(exchange, feedStarter({ exchange, ticker: this.ticker, closeDelay }));
    this.accounts = new AccountSide(exchange, this.hub, options);
    this.rest = new RestServer(exchange, this.accounts.server);
    this.streams = new StreamServer(exchange, this.hub, options);
    const { hub, accounts } = this;
    adminRoutes(this.rest.http, { exchange, hub, accounts, stats: () => this.stats() });
  }

  /** @throws AppError invalid for options, fault rules or a fault script that are wrong */
  static async start(options: EmulatorOptions = {}): Promise<Emulator> {
    const resolved = resolveOptions(options);
    const exchange = createExchange(resolved, await marketOf(resolved));
    try {
      await loadFaults(exchange, resolved);
      const emulator = new Emulator(exchange, resolved);
      await emulator.listen();
      return emulator;
    } catch (error) {
      exchange.scheduler.close();
      throw error;
    }
  }

  /** `http://127.0.0.1:<port>`: base of REST, archive and admin calls. */
  get url(): string {
    return `http://${this.authority}`;
  }

  /** `ws://127.0.0.1:<port>`: base of the stream paths. */
  get wsUrl(): string {
    return `ws://${this.authority}`;
  }

  get speed(): number {
    return this.exchange.time.speed;
  }

  /** Identity of the markets: equal text means equal candles. */
  get source(): string {
    return this.exchange.market.source;
  }

  /** Give it to the next emulator, and it goes on with this one's time. */
  get origin(): TimeOrigin {
    return this.exchange.time.origin;
  }

  get market(): Market {
    return this.exchange.market;
  }

  get faults(): Faults {
    return this.exchange.faults;
  }

  /** Its clock stands until `release`. */
  get isHeld(): boolean {
    return this.exchange.time.isHeld;
  }

  /** Lets a held clock go on. */
  release(): void {
    this.exchange.time.release();
  }

  /** Exchange time. */
  now(): UtcMs {
    return this.exchange.time.now();
  }

  stats(): EmulatorStats {
    return this.exchange.stats.report({
      connections: this.hub.connections.size,
      streams: this.hub.streamCount,
      weightLimit: this.options.weightLimit,
    });
  }

  resetStats(): void {
    this.exchange.stats.reset();
  }

  /**
   * Everything that ever happened in an account.
   * @param apiKey default: that of the first account
   * @throws AppError not-found `EMULATOR.API_KEY`
   */
  ledger(apiKey?: string): LedgerReport {
    return this.accounts.ledger(apiKey);
  }

  /**
   * Multiplies a symbol's prices from its next candle on.
   * @throws AppError not-found `MARKET.SYMBOL`; invalid `MARKET.SHIFT`
   */
  shiftPrice(shift: PriceShift): { readonly from: UtcMs; readonly until?: UtcMs } {
    this.accounts.advance(this.now());
    return this.market.shiftPrice(shift, this.now());
  }

  /** Deposit (positive) or withdrawal, USDT as text. @param apiKey default: that of the first account */
  transfer(amount: string, apiKey?: string): void {
    this.accounts.transfer(amount, apiKey);
  }

  /** A new key; with a new account, unless it names one that exists. @throws AppError invalid */
  createAccount(given: NewApiKey & { readonly balance?: string } = {}): ApiKey {
    return this.accounts.accounts.create(given);
  }

  /** Listen keys of all accounts die at once. @returns how many */
  killListenKeys(connections: DeadKeyConnections = 'silent'): number {
    const { listenKeys, streams } = this.accounts;
    return listenKeys.accounts().filter((name) => streams.killKey(name, connections)).length;
  }

  /** Destroys all stream connections. @returns how many */
  dropConnections(): number {
    return this.hub.drop({});
  }

  /** Ends every connection at once. */
  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private get authority(): string {
    const { address, port } = this.rest.http.server.address() as AddressInfo;
    const host = REACHABLE[address] ?? address;
    return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  }

  private async listen(): Promise<void> {
    this.rest.http.server.on('upgrade', this.streams.upgrade);
    await this.rest.http.listen({ host: this.options.host, port: this.options.port });
  }

  private async shutDown(): Promise<void> {
    this.exchange.scheduler.close();
    this.ticker.close();
    this.streams.close();
    this.accounts.close();
    await this.rest.http.close();
  }
}

function marketOf(options: ResolvedOptions): Market | Promise<Market> {
  const { market, replay, seed, symbols, startTime, origin } = options;
  if (market !== undefined) return market;
  if (replay !== undefined) return createReplayMarket({ folder: replay });
  const epoch = origin?.exchangeMs ?? startTime ?? Date.now();
  return createGeneratedMarket({ seed, symbols, epoch });
}

function createExchange(options: ResolvedOptions, market: Market): Exchange {
  const origin = originOf(options, market, Date.now());
  const time = new ExchangeTime(origin, options.speed, market.end(), options.hold);
  return {
    market,
    time,
    faults: new Faults(() => time.now(), options.seed),
    limiter: new WeightLimiter(options),
    fundingLimiter: new CallLimiter(FUNDING_CALLS, FUNDING_WINDOW_MS),
    orderLimiter: new OrderLimiter(options),
    scheduler: new Scheduler(time),
    stats: new StatsRecorder(),
    latency: { ms: options.latencyMs, jitterMs: options.jitterMs },
  };
}

async function loadFaults({ faults, scheduler, time }: Exchange, options: ResolvedOptions): Promise<void> {
  for (const rule of options.faults) faults.add(rule);
  if (options.faultScript === undefined) return;
  const text = await readFile(options.faultScript, 'utf8');
  scheduleFaults(parseFaultScript(text, time.now()), faults, scheduler);
}
