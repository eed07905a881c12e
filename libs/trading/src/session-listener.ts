/** What a session tells, led to whom it concerns; one that is no longer ours concerns nobody. */
import type { AppError } from '@slt/domain';
import type { AdviceRelay } from './advice-relay';
import type { ControlState } from './core/control';
import type { SessionListener } from './session/session-parts';
import type { TradingNews } from './trading-news';

export interface ListenerParts {
  readonly advice: AdviceRelay;
  readonly news: TradingNews;
  isOurs(): boolean;
  state(): ControlState;
  doubt(reason: string): void;
  review(): void;
  broke(error: AppError): void;
  changed(symbol: string): void;
  drawn(): void;
  warn(message: string): void;
}

export function sessionListener(parts: ListenerParts): SessionListener {
  const { advice, news } = parts;
  const isOurs = (): boolean => parts.isOurs();
  return {
    controlState: () => (isOurs() ? parts.state() : 'off'),
    doubt: (reason) => isOurs() && parts.doubt(reason),
    review: () => isOurs() && parts.review(),
    broke: (error) => isOurs() && parts.broke(error),
    decided: (signal, decision) => {
      advice.decided(signal, decision);
      news.signal(signal, decision);
    },
    withdrawn: (signal, decision) => news.signal(signal, decision),
    retracted: (signalId, reason) => advice.retracted(signalId, reason),
    traded: (trade) => {
      advice.traded(trade);
      news.trade(trade);
    },
    changed: (symbol) => isOurs() && parts.changed(symbol),
    breakerMoved: (transition) => news.breaker(transition),
    drawn: () => isOurs() && parts.drawn(),
    warn: (message) => parts.warn(message),
  };
}
