/** The state of one account, and the ways to look at it. What changes it stands in the files beside. */
import type { UtcMs } from '@slt/domain';
import type { EmulatedSymbol, Market, SymbolFacts } from '../market';
import type { AccountEvent } from './account-event';
import { Agenda } from './agenda';
import type { AlgoSnapshot } from './algo-order';
import { maxLeverage } from './brackets';
import { Holding } from './holding';
import { IdMaker, type LongOrderIds } from './ids';
import { Liquidity } from './liquidity';
import { AlgoStore } from './live-algo';
import { OrderStore } from './live-order';
import { MarketView } from './market-view';
import { type Decimal, decimal, sum } from './money';
import type { PositionSide, Side, TradeRecord } from './order';
import type { MarginType } from './position';
import { type IncomeEntry, Wallet } from './wallet';

export interface AccountOptions {
  readonly market: Market;
  /** Of ids, queue places and the timing of algo orders. */
  readonly seed: number;
  /** USDT, decimal text. */
  readonly initialBalance: string;
  /** Opening of the account: nothing before it is evaluated. */
  readonly openedAt: UtcMs;
  /** 19-digit order ids: for ETHUSDT and a share of the others (default), for all, or for none. */
  readonly longOrderIds?: LongOrderIds;
  /** Shares of a trade's notional, decimal text; default 0.0002 and 0.0005. */
  readonly makerFee?: string;
  readonly takerFee?: string;
  /** Of a symbol whose leverage was never set; default 20, or the symbol's greatest where that is less. */
  readonly defaultLeverage?: number;
  /** Asked once when an algo order's price has come: true leaves it in TRIGGERING until it is cancelled. */
  readonly isStuck?: (algo: AlgoSnapshot) => boolean;
}

export interface SymbolSettings {
  leverage: number;
  marginType: MarginType;
}

const DEFAULT_LEVERAGE = 20;
const MAKER_FEE = '0.0002';
const TAKER_FEE = '0.0005';

export class Account {
  readonly view: MarketView;
  readonly liquidity: Liquidity;
  readonly ids: IdMaker;
  readonly wallet: Wallet;
  readonly initialBalance: Decimal;
  readonly makerFee: Decimal;
  readonly takerFee: Decimal;
  readonly agenda = new Agenda();
  readonly orders = new OrderStore();
  readonly algos = new AlgoStore();
  readonly trades: TradeRecord[] = [];
  isHedgeMode = false;
  isMultiAssetsMode = false;
  /** Symbols whose next funding stands in the agenda. */
  readonly fundingNoted = new Set<string>();
  /** Everything up to it has been evaluated. */
  clock: UtcMs;
  private readonly holdings = new Map<string, Holding>();
  private readonly settings = new Map<string, SymbolSettings>();
  private readonly listeners = new Set<(event: AccountEvent) => void>();

  constructor(readonly options: AccountOptions) {
    this.view = new MarketView(options.market);
    this.liquidity = new Liquidity(this.view);
    this.ids = new IdMaker(options.seed, options.longOrderIds ?? 'some');
    this.initialBalance = decimal(options.initialBalance);
    this.makerFee = decimal(options.makerFee ?? MAKER_FEE);
    this.takerFee = decimal(options.takerFee ?? TAKER_FEE);
    this.wallet = new Wallet(this.initialBalance);
    this.wallet.updateTime = options.openedAt;
    this.clock = options.openedAt;
  }

  listen(listener: (event: AccountEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(event: AccountEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  book(entry: IncomeEntry): void {
    this.wallet.book(entry, () => this.ids.transactionId());
  }

  settingsOf(symbol: SymbolFacts): SymbolSettings {
    const known = this.settings.get(symbol.symbol);
    if (known !== undefined) return known;
    const made: SymbolSettings = {
      leverage: Math.min(this.options.defaultLeverage ?? DEFAULT_LEVERAGE, maxLeverage(symbol)),
      marginType: 'CROSSED',
    };
    this.settings.set(symbol.symbol, made);
    return made;
  }

  /** Symbols whose settings were looked at or changed. */
  configuredSymbols(): string[] {
    return [...this.settings.keys()];
  }

  isIsolated(symbol: SymbolFacts): boolean {
    return this.settingsOf(symbol).marginType === 'ISOLATED';
  }

  /** Made when first asked for. */
  holding(symbol: EmulatedSymbol, positionSide: PositionSide): Holding {
    const key = `${symbol.symbol}/${positionSide}`;
    const known = this.holdings.get(key);
    if (known !== undefined) return known;
    const made = new Holding(symbol, positionSide);
    this.holdings.set(key, made);
    return made;
  }

  /** Those that are not flat, in the order they were first opened. */
  held(symbol?: string): Holding[] {
    return [...this.holdings.values()].filter(
      (holding) => !holding.isFlat && (symbol === undefined || holding.symbol === symbol),
    );
  }

  get isHolding(): boolean {
    for (const holding of this.holdings.values()) if (!holding.isFlat) return true;
    return false;
  }

  /** The wallet without what isolated positions have for themselves. */
  crossWallet(): Decimal {
    return this.wallet.balance.minus(sum(this.held().map((holding) => holding.isolatedWallet)));
  }

  /** What an order of that side could close. */
  reducible(symbol: EmulatedSymbol, positionSide: PositionSide, side: Side): Decimal {
    return this.holding(symbol, positionSide).reducible(side);
  }

  /** Something rests or is held: time must be walked. */
  isWatched(symbol: string): boolean {
    return (
      this.orders.openOf(symbol).length > 0 ||
      this.algos.live(symbol).length > 0 ||
      this.held(symbol).length > 0
    );
  }
}
