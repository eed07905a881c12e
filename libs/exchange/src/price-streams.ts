/**
 * Live prices of a few symbols: best bid and ask from `/public`, trades and mark price from `/market`. Each connection
 * outlives its sockets; what was missed while one was down is not told again.
 */
import type { OnModuleDestroy } from '@nestjs/common';
import { type DurationMs, MINUTE_MS } from '@slt/domain';
import { type PriceEvent, parsePriceFrame } from './core/price-wire';
import { ExchangeEndpoint } from './endpoint';
import { ExchangeTime } from './exchange-time';
import { StreamLink } from './stream-link';
import { type MarketStreamsOptions, STREAM_DEFAULTS } from './stream-options';

export interface PriceStreamsListener {
  onPrice(event: PriceEvent): void;
  /** The streams of these symbols run again: prices may have been missed. */
  onRestored(symbols: readonly string[]): void;
}

type Route = 'public' | 'market';

const TOPICS: Readonly<Record<Route, readonly string[]>> = {
  public: ['bookTicker'],
  market: ['aggTrade', 'markPrice@1s'],
};
const ROUTES: readonly Route[] = ['public', 'market'];

export class PriceStreams implements OnModuleDestroy {
  private readonly options: MarketStreamsOptions;
  private readonly links = new Map<Route, StreamLink>();
  private symbols = new Set<string>();
  private listener: PriceStreamsListener | undefined;

  constructor(
    private readonly endpoint: ExchangeEndpoint,
    private readonly time: ExchangeTime,
    options: Partial<MarketStreamsOptions> = {},
  ) {
    this.options = { ...STREAM_DEFAULTS, ...options };
  }

  /** Connects when the first symbol is followed. */
  open(listener: PriceStreamsListener): void {
    this.listener = listener;
  }

  /** From now on these symbols and no others; takes effect when the exchange has acknowledged it. */
  follow(symbols: readonly string[]): void {
    const wanted = new Set(symbols);
    const joined = symbols.filter((symbol) => !this.symbols.has(symbol));
    const left = [...this.symbols].filter((symbol) => !wanted.has(symbol));
    if (this.listener === undefined || joined.length + left.length === 0) return;
    this.symbols = wanted;
    for (const route of ROUTES) {
      const change = this.link(route).change(namesOf(joined, route), namesOf(left, route));
      // Rejects only when the streams are closed meanwhile.
      change.catch(() => undefined);
    }
  }

  /** Whether all streams are connected. */
  get isLive(): boolean {
    return this.links.size === ROUTES.length && [...this.links.values()].every((link) => link.isLive);
  }

  /** May be opened again. */
  close(): void {
    this.listener = undefined;
    this.symbols = new Set();
    for (const link of this.links.values()) link.close();
    this.links.clear();
  }

  onModuleDestroy(): void {
    this.close();
  }

  private link(route: Route): StreamLink {
    const known = this.links.get(route);
    if (known !== undefined) return known;
    const link = new StreamLink(`${this.endpoint.wsUrl}/${route}/stream`, this.options, {
      onData: (message) => this.take(message),
      onRestored: () => this.listener?.onRestored([...this.symbols]),
      // A quiet market may say nothing for minutes.
      shortestIntervalMs: (): DurationMs => this.time.toWallMs(MINUTE_MS),
    });
    this.links.set(route, link);
    link.start();
    return link;
  }

  private take(message: Buffer): void {
    const event = parsePriceFrame(message.toString('utf8'));
    if (event !== undefined && this.symbols.has(event.symbol)) this.listener?.onPrice(event);
  }
}

function namesOf(symbols: readonly string[], route: Route): string[] {
  return symbols.flatMap((symbol) => TOPICS[route].map((topic) => `${symbol.toLowerCase()}@${topic}`));
}
