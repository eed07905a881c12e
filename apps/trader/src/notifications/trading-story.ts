/** Trading as news for people: leaves out what passes by itself, such as a reconciliation that ends well. */
import type { NotificationDraft, Severity } from '@slt/notifications';
import type { BreakerReason, ControlState, PositionStatus, TradingEvent, TradingStatus } from '@slt/trading';
import { toTradeDto } from '../trading/trade.dto';

type Why = Pick<TradingStatus, 'halt' | 'obstacle'>;
type EventOf<Type extends TradingEvent['type']> = Extract<TradingEvent, { type: Type }>;

/** A position that is older when it is first seen was held before, as by the process before this one. */
const FRESH_MS = 60_000;
const SEVERITY_OF_BREAKER: Readonly<Record<EventOf<'breaker'>['transition']['to'], Severity>> = {
  normal: 'info',
  warning: 'warning',
  throttled: 'warning',
  'half-open': 'warning',
  blocked: 'critical',
};

export class TradingStory {
  private state: ControlState = 'off';
  private readonly held = new Map<string, number>();

  /** @param why read when the state calls for a reason */
  told(event: TradingEvent, why: () => Why): NotificationDraft | undefined {
    switch (event.type) {
      case 'trading':
        return this.toldOfState(event, why);
      case 'position':
        return this.toldOfPosition(event);
      case 'trade':
        return toldOfTrade(event);
      case 'breaker':
        return toldOfBreaker(event);
      case 'signal':
        return undefined;
    }
  }

  private toldOfState({ at, state }: EventOf<'trading'>, why: () => Why): NotificationDraft | undefined {
    if (state === 'reconciling' || state === 'stopping' || state === this.state) return undefined;
    this.state = state;
    const { halt, obstacle = '' } = why();
    switch (state) {
      case 'on':
        return news('trading', {
          at,
          severity: 'info',
          title: 'Trading started',
          text: '',
          facts: { state },
        });
      case 'off': {
        const severity = obstacle === '' ? 'info' : 'critical';
        const facts = { state, obstacle };
        return news('trading', { at, severity, title: 'Trading stopped', text: obstacle, facts });
      }
      case 'halted': {
        const text = halt === undefined ? '' : `${halt.reason}: ${halt.detail}`;
        const facts = { state, reason: halt?.reason ?? null, detail: halt?.detail ?? null };
        return news('trading', { at, severity: 'critical', title: 'Trading halted', text, facts });
      }
    }
  }

  private toldOfPosition({ at, symbol, position }: EventOf<'position'>): NotificationDraft | undefined {
    const before = this.held.get(symbol);
    if (position === null) {
      this.held.delete(symbol);
      return undefined;
    }
    this.held.set(symbol, position.quantity);
    const isOld = before === undefined && at - position.openedAt > FRESH_MS;
    if (isOld || (before !== undefined && position.quantity <= before)) return undefined;
    const verb = before === undefined ? 'opened' : 'added to';
    const title = `${symbol}: ${position.direction} ${verb}`;
    const text = `${position.quantity} at ${position.entryPrice}${exitsOf(position)}`;
    return news('position', { at, severity: 'info', title, text, facts: factsOfPosition(position) });
  }
}

function toldOfTrade({ at, trade }: EventOf<'trade'>): NotificationDraft {
  const dto = toTradeDto(trade);
  const { symbol, direction, exitReason, netPnl, r, exitPrice } = dto;
  const severity = exitReason === 'liquidation' || exitReason === 'unprotected' ? 'critical' : 'info';
  const title = `${symbol}: ${direction} closed, ${signed(netPnl)} USDT`;
  const inR = r === null ? '' : ` (${signed(r)} R)`;
  const text = `by ${exitReason} at ${exitPrice}${inR}`;
  return news('trade', { at, severity, title, text, facts: { ...dto } });
}

function toldOfBreaker({ at, transition }: EventOf<'breaker'>): NotificationDraft {
  const { from, to, move, reasons } = transition;
  const title = `Circuit breaker: ${from} to ${to}`;
  const text = reasons.map(reasonText).join(', ');
  return news('breaker', {
    at,
    severity: SEVERITY_OF_BREAKER[to],
    title,
    text,
    facts: { from, to, move, reasons: text },
  });
}

const news = (kind: NotificationDraft['kind'], rest: Omit<NotificationDraft, 'kind'>): NotificationDraft => ({
  kind,
  ...rest,
});

const reasonText = ({ code, value, threshold }: BreakerReason): string =>
  `${code} ${rounded(value)} of ${rounded(threshold)}`;

function exitsOf({ stop, target }: PositionStatus): string {
  return `${stop === null ? '' : `, stop ${stop}`}${target === null ? '' : `, target ${target}`}`;
}

function factsOfPosition(position: PositionStatus): NotificationDraft['facts'] {
  const { id, symbol, setup, direction, quantity, entryPrice, stop, target, openedAt, confidence } = position;
  return {
    positionId: id,
    symbol,
    setup,
    direction,
    quantity,
    entryPrice,
    stop,
    target,
    openedAt,
    confidence,
  };
}

const rounded = (value: number): number => Number(value.toPrecision(4));
const signed = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(2)}`;
