/** What trading wants to know of the market; told by whoever runs it: the cluster, or a backtest. */
import type { CandleSeries, Instrument, Interval } from '@slt/domain';
import type { SmcView } from '@slt/smc';
import type { SetupStep } from '../core/setups';

/** Shares in [0, 1]. */
export interface DataQuality {
  readonly staleStreams: number;
  readonly warmSymbols: number;
}

export interface MarketWatch {
  /** Also of symbols that are listed and not followed; undefined: not listed any more. */
  instrument(symbol: string): Instrument | undefined;
  /** Listed, trading, whole, and its stream runs. */
  isTradable(symbol: string): boolean;
  /** The live series; its content changes with every candle. */
  series(symbol: string, interval: Interval): CandleSeries | undefined;
  view(symbol: string, interval: Interval): SmcView | undefined;
  /** The newest closed candles with what SMC proved by each, ascending, at most so many; without it nothing is known. */
  recent?(symbol: string, interval: Interval, count: number): readonly SetupStep[];
  /** Close of the newest candle, where the market knows it better than those who are told of candles. */
  price?(symbol: string): number | undefined;
  quality(): DataQuality;
}
