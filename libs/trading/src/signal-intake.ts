/** From closed candles to signals, each judged by who learns; and what is done about one that nobody is there to trade. */
import type { Candle, CandleSeries, Interval } from '@slt/domain';
import type { SmcEvent } from '@slt/smc';
import type { AdviceRelay } from './advice-relay';
import type { Decision, Refusal, Signal } from './core/signal';
import type { MarketWatch } from './session/market-watch';
import type { SessionFactory } from './session/session-factory';
import { SignalFinder } from './signal-finder';
import type { TradingNews } from './trading-news';

export interface IntakeParts {
  readonly advice: AdviceRelay;
  readonly sessions: Pick<SessionFactory, 'interval' | 'recordRefusal'>;
  readonly news: Pick<TradingNews, 'signal'>;
}

export interface ClosedCandle {
  readonly symbol: string;
  readonly interval: Interval;
  readonly candle: Candle;
  readonly series: CandleSeries;
  readonly events: readonly SmcEvent[];
}

const NONE: readonly Signal[] = Object.freeze([]);

export class SignalIntake {
  private readonly finder: SignalFinder;

  constructor(private readonly parts: IntakeParts) {
    this.finder = new SignalFinder(parts.advice.scorer);
  }

  /** @returns what the candle completed */
  take({ symbol, interval, candle, series, events }: ClosedCandle, market: MarketWatch): readonly Signal[] {
    const { advice, sessions } = this.parts;
    if (interval !== sessions.interval) return NONE;
    advice.onCandle(symbol, interval, candle);
    return this.finder.onCandle(symbol, candle, series, events, market);
  }

  /**
   * Trading is not on: it is written down, told, and learned from all the same.
   * @param isDrawn the drawdown limit has halted it
   */
  pass(signal: Signal, isDrawn = false): void {
    const { advice, sessions, news } = this.parts;
    const against = signal.assessment?.refusals ?? [];
    const off: readonly Refusal[] = isDrawn ? ['TRADING_OFF', 'DRAWDOWN_LIMIT'] : ['TRADING_OFF'];
    const decision: Decision = { decision: 'refused', reasons: [...off, ...against] };
    void sessions.recordRefusal(signal, decision);
    advice.decided(signal, decision);
    news.signal(signal, decision);
  }

  /** The past of a series was rewritten: what its set-ups waited for is not what it was. */
  forget(symbol: string): void {
    this.finder.forget(symbol);
  }
}
