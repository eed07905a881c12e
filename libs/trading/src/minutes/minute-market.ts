/**
 * The market as trading by candles sees it: every symbol as of the minute that is acted upon, while the cluster's own
 * series go on as fast as the exchange does. What a backtest would know, and no more.
 */
import {
  type CandleColumns,
  type CandleSeries,
  copyColumns,
  type Instrument,
  type Interval,
  lowerBound,
  sliceColumns,
  type UtcMs,
} from '@slt/domain';
import type { SmcView } from '@slt/smc';
import type { Expected } from '../core/minute-barrier';
import type { Scorer } from '../core/confidence';
import type { DataQuality, MarketWatch } from '../session/market-watch';
import { MarketTrack } from './market-track';

/** The market that goes on. */
export interface MinuteSource {
  /** Undefined: not listed, or not any more. */
  instrument(symbol: string): Instrument | undefined;
  /** Symbols that are followed and have their history. */
  expected(): Iterable<Expected>;
  /** Whatever else is to be known by a close is known when it resolves. Never rejects. */
  closing(at: UtcMs): Promise<void>;
}

/** Candles wait for whoever acts on them: no stream is silent, none is cold. */
const WHOLE: DataQuality = { staleStreams: 0, warmSymbols: 1 };

export class MinuteMarket implements MarketWatch {
  private readonly histories = new Map<string, CandleColumns>();
  private readonly tracks = new Map<string, MarketTrack>();
  private readonly instruments = new Map<string, Instrument>();

  constructor(
    private readonly source: MinuteSource,
    private readonly interval: Interval,
    private readonly scorer: Scorer | undefined,
  ) {}

  /** A series was loaded, or its past rewritten: its track begins anew. @param before what opened then is told yet */
  load(symbol: string, columns: CandleColumns, before: UtcMs): void {
    const history = sliceColumns(columns, 0, lowerBound(columns, before));
    this.histories.set(symbol, copyColumns(history));
    this.tracks.delete(symbol);
  }

  /** Undefined for a symbol that was never listed. */
  track(symbol: string): MarketTrack | undefined {
    const known = this.tracks.get(symbol);
    if (known !== undefined) return known;
    const instrument = this.instrument(symbol);
    const history = this.histories.get(symbol);
    if (instrument === undefined || history === undefined) return undefined;
    const track = new MarketTrack(symbol, this.interval, instrument, { history, scorer: this.scorer });
    this.tracks.set(symbol, track);
    this.histories.delete(symbol);
    return track;
  }

  /** Nothing follows of it. */
  forget(symbol: string): void {
    this.tracks.delete(symbol);
    this.histories.delete(symbol);
    this.instruments.delete(symbol);
  }

  /** Also of one that has left the list since its last candle was told. */
  instrument(symbol: string): Instrument | undefined {
    const known = this.instruments.get(symbol);
    if (known !== undefined) return known;
    const instrument = this.source.instrument(symbol);
    if (instrument !== undefined) this.instruments.set(symbol, instrument);
    return instrument;
  }

  isTradable(symbol: string): boolean {
    return this.tracks.has(symbol);
  }

  series(symbol: string, interval: Interval): CandleSeries | undefined {
    return interval === this.interval ? this.track(symbol)?.series : undefined;
  }

  view(symbol: string, interval: Interval): SmcView | undefined {
    return interval === this.interval ? this.track(symbol)?.view() : undefined;
  }

  price(symbol: string): number | undefined {
    return this.track(symbol)?.price;
  }

  quality(): DataQuality {
    return WHOLE;
  }
}
