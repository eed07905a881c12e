/** What happens in trading as listeners are told of it: in the words of the calls that show the same later. */
import type { UtcMs } from '@slt/domain';
import type { ControlState, PositionStatus, TradingEvent } from '@slt/trading';
import { type SignalDto, toSignalDto } from '../trading/signal.dto';
import { type TradeDto, toTradeDto } from '../trading/trade.dto';
import { type BreakerChangeDto, toBreakerChangeDto } from '../trading/trading-past.dto';

export type TradingTold = { readonly at: UtcMs } & (
  | { readonly type: 'trading'; readonly state: ControlState }
  | { readonly type: 'signal'; readonly symbol: string; readonly signal: SignalDto }
  /** null: it is closed. */
  | { readonly type: 'position'; readonly symbol: string; readonly position: PositionStatus | null }
  | { readonly type: 'trade'; readonly symbol: string; readonly trade: TradeDto }
  | { readonly type: 'breaker'; readonly change: BreakerChangeDto }
);

/** Leaves out that a position is as it was: orders come and go around it. */
export class TradingNews {
  private readonly last = new Map<string, string>();

  told(event: TradingEvent): TradingTold | undefined {
    if (event.type !== 'position') return toTold(event);
    const { symbol, position } = event;
    const present = position === null ? undefined : essenceOf(position);
    if (this.last.get(symbol) === present) return undefined;
    if (present === undefined) this.last.delete(symbol);
    else this.last.set(symbol, present);
    return toTold(event);
  }
}

/** Without what moves with the price. */
function essenceOf({
  id,
  quantity,
  entryPrice,
  stop,
  target,
  fees,
  funding,
  isProtected,
}: PositionStatus): string {
  return JSON.stringify([id, quantity, entryPrice, stop, target, fees, funding, isProtected]);
}

function toTold(event: TradingEvent): TradingTold {
  const { at } = event;
  switch (event.type) {
    case 'trading':
    case 'position':
      return event;
    case 'signal': {
      const { signal, decision } = event;
      return { type: 'signal', at, symbol: signal.symbol, signal: toSignalDto({ ...signal, ...decision }) };
    }
    case 'trade':
      return { type: 'trade', at, symbol: event.trade.symbol, trade: toTradeDto(event.trade) };
    case 'breaker':
      // The breaker runs by the clock of this machine.
      return { type: 'breaker', at, change: toBreakerChangeDto({ ...event.transition, at }) };
  }
}
