export {
  AccountClient,
  type AlgoKey,
  type IncomeQuery,
  type OrderKey,
  type OrderSpan,
  PAGE_ROWS,
  type TradeQuery,
} from './account-client';
export {
  type AccountReader,
  type OrderReader,
  readAlgoOrders,
  readIncome,
  readOrders,
  readTrades,
} from './account-history';
export { type BudgetStore, memoryBudgetStore, postgresBudgetStore, redisBudgetStore } from './budget-store';
export { BinanceClient, type KlineRequest } from './binance-client';
export { CandleProof } from './candle-proof';
export type * from './core/account-wire';
export { ExchangeError } from './core/exchange-error';
export { klineWeight } from './core/kline-weight';
export { isOrderAbsent } from './core/order-error';
export { type OrderRule } from './core/order-window';
export {
  type LimitRequest,
  type MarketRequest,
  type PlainRequest,
  type TriggerRequest,
} from './core/order-request';
export {
  type AlgoOrder,
  type AlgoStatus,
  type ChildOrder,
  type Placed,
  type PlainOrder,
  type PlainStatus,
  type WireSide,
} from './core/order-wire';
export { type KlineFrame, type ContractChange } from './core/stream-frame';
export { type BookTop, type PriceEvent, type SettledFunding } from './core/price-wire';
export { type StreamKey } from './core/stream-key';
export { type Ticker24h } from './core/tickers';
export { type OrderTrade, type UserEvent, type UserEventOf } from './core/user-event';
export { type WeightPurpose } from './core/weight-window';
export { type EmulatorAddress, endpointFromConfig, ExchangeEndpoint, resolveEndpoint } from './endpoint';
export { ExchangeClock } from './exchange-clock';
export { ExchangeHold } from './exchange-hold';
export { type ClockStatus, ExchangeTime } from './exchange-time';
export { ExchangeModule } from './exchange.module';
export { CLOCK, STREAM_OPTIONS } from './exchange.tokens';
export { type FormingListener } from './forming-candles';
export { MarketStreams } from './market-streams';
export type { Interruption, MarketStreamsStatus } from './market-streams-status';
export { type Line } from './rest-calls';
export { type FundingRange, PriceClient } from './price-client';
export { PriceStreams, type PriceStreamsListener } from './price-streams';
export { RestTransport } from './rest-transport';
export { type MarketStreamsOptions, STREAM_DEFAULTS } from './stream-options';
export { RECV_WINDOW_MS, type TransportOptions } from './rest-transport';
export { Universe, type UniverseSnapshot } from './universe';
export { type Reservation, WeightBudget, type WeightStatus } from './weight-budget';
export { UserStream, type UserStreamOptions, type UserStreamStatus } from './user-stream';
