/** The account as the port tells of it, from the four answers that it takes. */
import type {
  AccountTrade,
  AssetAccount,
  IncomeRow,
  OrderTrade,
  PlainOrder,
  PositionRisk,
} from '@slt/exchange';
import type { UtcMs } from '@slt/domain';
import type { AccountState, BrokerPosition, Fill, FundingPayment, OrderReport } from '../core/broker';
import { isZero } from '../core/decimal';
import { tidy } from './order-reports';

/** The one asset of our accounts. */
export const QUOTE = 'USDT';

const EMPTY: AssetAccount = {
  asset: QUOTE,
  walletBalance: '0',
  unrealizedPnl: '0',
  marginBalance: '0',
  maintenanceMargin: '0',
  initialMargin: '0',
  availableBalance: '0',
};

export interface AccountAnswers {
  readonly at: UtcMs;
  readonly assets: readonly AssetAccount[];
  readonly positions: readonly PositionRisk[];
  readonly openOrders: readonly OrderReport[];
}

export function accountState({ at, assets, positions, openOrders }: AccountAnswers): AccountState {
  const money = assets.find(({ asset }) => asset === QUOTE) ?? EMPTY;
  return {
    at,
    walletBalance: tidy(money.walletBalance),
    equity: tidy(money.marginBalance),
    availableBalance: tidy(money.availableBalance),
    maintenanceMargin: tidy(money.maintenanceMargin),
    positions: positions.filter(({ quantity }) => !isZero(quantity)).map(brokerPosition),
    openOrders,
  };
}

function brokerPosition(position: PositionRisk): BrokerPosition {
  return {
    symbol: position.symbol,
    quantity: tidy(position.quantity),
    entryPrice: tidy(position.entryPrice),
    markPrice: tidy(position.markPrice),
    unrealizedPnl: tidy(position.unrealizedPnl),
    liquidationPrice: tidy(position.liquidationPrice),
    maintenanceMargin: tidy(position.maintenanceMargin),
    initialMargin: tidy(position.initialMargin),
  };
}

export function fillOfTrade(trade: AccountTrade, clientOrderId: string): Fill {
  return {
    symbol: trade.symbol,
    tradeId: trade.tradeId,
    orderId: trade.orderId,
    clientOrderId,
    side: trade.side,
    quantity: tidy(trade.quantity),
    price: tidy(trade.price),
    fee: tidy(trade.fee),
    feeAsset: trade.feeAsset,
    realizedPnl: tidy(trade.realizedPnl),
    isMaker: trade.isMaker,
    at: trade.at,
  };
}

export function fillOfEvent(order: PlainOrder, trade: OrderTrade): Fill {
  return {
    symbol: order.symbol,
    tradeId: trade.tradeId,
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    side: order.side,
    quantity: tidy(trade.quantity),
    price: tidy(trade.price),
    fee: tidy(trade.fee),
    feeAsset: trade.feeAsset === '' ? QUOTE : trade.feeAsset,
    realizedPnl: tidy(trade.realizedPnl),
    isMaker: trade.isMaker,
    at: trade.at,
  };
}

export function fundingOf({ symbol, id, amount, at }: IncomeRow): FundingPayment {
  return { symbol, id, amount: tidy(amount), at };
}
