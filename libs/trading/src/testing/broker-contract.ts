/**
 * What every broker must do, one suite for all of them: `describeBrokerContract('PaperBroker', …)` in the spec of each.
 * Each case gets a fresh account in one-way mode without position or order.
 */
import type { DurationMs, Instrument } from '@slt/domain';
import type { Broker, Decimal } from '../core/broker';
import { describeAccount } from './contract/account-cases';
import { type Eventually, useTrader } from './contract/contract-trader';
import { describeMarketOrders } from './contract/market-order-cases';
import { describeRejections } from './contract/rejection-cases';
import { describeRestart } from './contract/restart-cases';
import { describeRestingOrders } from './contract/resting-order-cases';
import { describeTriggerOrders } from './contract/trigger-order-cases';

export type { Eventually } from './contract/contract-trader';

/** A broker, the market it trades on, and the hands that move that market. */
export interface BrokerHarness {
  /** Not opened yet. */
  readonly broker: Broker;
  /** What most cases trade; 5 × the initial balance must be more than stands at its best price. */
  readonly instrument: Instrument;
  /** One whose symbol is not ASCII. */
  readonly nonAscii: Instrument;
  /** At least 5000 USDT. */
  readonly initialBalance: Decimal;
  /** A span of the exchange's time that outlasts a few calls, on a busy machine too. */
  readonly spanMs: DurationMs;
  /** The best prices now. */
  book(symbol: string): Promise<{ readonly bid: number; readonly ask: number }>;
  /** Last, mark and book go to the price and stay about there; resolves when the market stands so. */
  movePrice(symbol: string, to: number): Promise<void>;
  /** Settles a funding of the symbol at the rate. Absent: the market cannot be made to. */
  payFunding?(symbol: string, rate: number): Promise<void>;
  /** A new broker of the same account, as after the process was started again; the former one is closed. Not opened. */
  restart(): Promise<Broker>;
  close(): Promise<void>;
}

/** @param eventually test/support/eventually: what is in libs/ cannot reach there */
export function describeBrokerContract(
  name: string,
  create: () => Promise<BrokerHarness>,
  eventually: Eventually,
): void {
  describe(`broker contract: ${name}`, () => {
    const trader = useTrader(create, eventually);
    describeMarketOrders(trader);
    describeRestingOrders(trader);
    describeTriggerOrders(trader);
    describeRejections(trader);
    describeAccount(trader);
    describeRestart(trader);
  });
}
