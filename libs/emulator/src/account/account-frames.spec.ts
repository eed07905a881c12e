import type { AlgoSnapshot, OrderSnapshot, PositionSnapshot, TradeRecord } from '../core/account';
import { frameOf } from './account-frames';
import { acknowledgement, algoBody, orderBody } from './order-bodies';
import { toJson } from './json';

const AT = 1_765_431_097_030;

const order: OrderSnapshot = {
  symbol: 'ETHUSDT',
  orderId: 8_389_765_522_321_456_789n,
  clientOrderId: 'o-1',
  side: 'BUY',
  positionSide: 'BOTH',
  type: 'MARKET',
  origType: 'MARKET',
  timeInForce: 'GTC',
  origQty: '0.500',
  price: '0',
  stopPrice: '0',
  status: 'FILLED',
  executedQty: '0.500',
  cumQuote: '1500.50000',
  avgPrice: '3001.00',
  reduceOnly: false,
  closePosition: false,
  workingType: 'CONTRACT_PRICE',
  priceProtect: false,
  priceMatch: 'NONE',
  selfTradePreventionMode: 'EXPIRE_MAKER',
  goodTillDate: 0,
  time: AT - 5,
  updateTime: AT,
  expiryReason: '0',
};

const trade: TradeRecord = {
  symbol: 'ETHUSDT',
  tradeId: 42,
  orderId: order.orderId,
  clientOrderId: 'o-1',
  side: 'BUY',
  positionSide: 'BOTH',
  price: '3001.00',
  qty: '0.500',
  quoteQty: '1500.50000',
  realizedPnl: '0',
  commission: '0.75025000', // 1500.5 × 0.0005
  commissionAsset: 'USDT',
  isMaker: false,
  time: AT,
};

const position = {
  symbol: 'ETHUSDT',
  positionSide: 'BOTH',
  positionAmt: '0.500',
  entryPrice: '3001.00',
  breakEvenPrice: '3002.50',
  markPrice: '3000.00',
  unrealizedProfit: '-0.50000000', // (3000 − 3001) × 0.5
  marginType: 'CROSSED',
  isolatedWallet: '0',
  accumulatedRealized: '0',
  maintMargin: '6',
} as PositionSnapshot;

const algo: AlgoSnapshot = {
  algoId: 1_000_000_033_225_453n,
  clientAlgoId: 's-1',
  algoType: 'CONDITIONAL',
  orderType: 'STOP_MARKET',
  symbol: 'DOGEUSDT',
  side: 'BUY',
  positionSide: 'BOTH',
  timeInForce: 'GTC',
  quantity: '38',
  algoStatus: 'NEW',
  triggerPrice: '0.13855',
  price: '0',
  selfTradePreventionMode: 'EXPIRE_MAKER',
  workingType: 'CONTRACT_PRICE',
  priceMatch: 'NONE',
  closePosition: false,
  priceProtect: false,
  reduceOnly: false,
  createTime: AT,
  updateTime: AT,
  triggerTime: 0,
  goodTillDate: 0,
  actualPrice: '0',
  actualQty: '0',
};

describe('frames of the account stream', () => {
  const frame = (event: Parameters<typeof frameOf>[0]): unknown =>
    JSON.parse(toJson(frameOf(event).at(AT + 7)));

  it('write ids beyond 2^53 as they are, without quotes', () => {
    const update = {
      kind: 'order-trade-update',
      at: AT,
      execution: 'NEW',
      order,
      bidNotional: '0',
      askNotional: '0',
    } as const;
    expect(toJson(frameOf(update).at(AT))).toContain('"i":8389765522321456789,');
  });

  it('ORDER_TRADE_UPDATE of a trade has commission and profit; without a trade it has no commission', () => {
    const update = {
      kind: 'order-trade-update',
      at: AT,
      execution: 'TRADE',
      order,
      bidNotional: '0',
      askNotional: '0',
    } as const;
    const { E, T, e, o } = frame({ ...update, trade }) as Record<string, unknown> & {
      o: Record<string, unknown>;
    };
    expect([e, T, E]).toEqual(['ORDER_TRADE_UPDATE', AT, AT + 7]);
    expect(o).toMatchObject({ x: 'TRADE', X: 'FILLED', l: '0.500', z: '0.500', L: '3001.00', ap: '3001.00' });
    expect(o).toMatchObject({ n: '0.75025000', N: 'USDT', t: 42, m: false, rp: '0', ps: 'BOTH', er: '0' });
    const without = frame({ ...update, execution: 'NEW' }) as { o: Record<string, unknown> };
    expect(without.o).toMatchObject({ l: '0', L: '0', t: 0 });
    for (const name of ['n', 'N']) expect(without.o).not.toHaveProperty(name);
  });

  it('ACCOUNT_UPDATE', () => {
    const balance = {
      asset: 'USDT',
      walletBalance: '9999.24975000',
      crossWalletBalance: '9999.24975000',
      balanceChange: '0',
    } as const;
    expect(
      frame({ kind: 'account-update', at: AT, reason: 'ORDER', balance, positions: [position] }),
    ).toEqual({
      e: 'ACCOUNT_UPDATE',
      E: AT + 7,
      T: AT,
      a: {
        m: 'ORDER',
        B: [{ a: 'USDT', wb: '9999.24975000', cw: '9999.24975000', bc: '0' }],
        P: [
          {
            s: 'ETHUSDT',
            pa: '0.500',
            ep: '3001.00',
            bep: '3002.50',
            cr: '0',
            up: '-0.50000000',
            mt: 'cross',
            iw: '0',
            ps: 'BOTH',
            ma: 'USDT',
          },
        ],
      },
    });
  });

  it('ALGO_UPDATE says of the matching engine what is known in each state', () => {
    const o = (more: Partial<AlgoSnapshot>): Record<string, unknown> =>
      (frame({ kind: 'algo-update', at: AT, algo: { ...algo, ...more } }) as { o: Record<string, unknown> })
        .o;
    expect(o({})).toMatchObject({ X: 'NEW', ai: '', ap: '0.00000', aq: '0.00000', act: '0', tt: 0 });
    const triggering = o({ algoStatus: 'TRIGGERING', triggerTime: AT });
    expect(triggering).toMatchObject({ X: 'TRIGGERING', ai: '', tt: AT });
    for (const name of ['ap', 'aq', 'act']) expect(triggering).not.toHaveProperty(name);
    const child = { actualOrderId: 88_937_381_063n, actualType: 'MARKET' } as const;
    expect(o({ algoStatus: 'TRIGGERED', ...child })).toMatchObject({
      ai: '88937381063',
      ap: '0',
      aq: '0',
      act: 'MARKET',
    });
    expect(o({ algoStatus: 'FINISHED', ...child, actualPrice: '0.13856', actualQty: '38' })).toMatchObject({
      ap: '0.13856',
      aq: '38',
    });
    expect(o({ algoStatus: 'REJECTED', failReason: 'Margin is insufficient.' })).toMatchObject({
      rm: 'Margin is insufficient.',
    });
  });

  it('TRADE_LITE, MARGIN_CALL and both kinds of ACCOUNT_CONFIG_UPDATE', () => {
    expect(frame({ kind: 'trade-lite', at: AT, order, trade })).toMatchObject({
      e: 'TRADE_LITE',
      s: 'ETHUSDT',
      q: '0.500',
      L: '3001.00',
      l: '0.500',
      t: 42,
      c: 'o-1',
      m: false,
    });
    expect(
      frame({ kind: 'margin-call', at: AT, crossWalletBalance: '3.5', positions: [position] }),
    ).toMatchObject({
      e: 'MARGIN_CALL',
      cw: '3.5',
      p: [{ s: 'ETHUSDT', mt: 'CROSSED', mp: '3000.00', mm: '6' }],
    });
    expect(frame({ kind: 'leverage-update', at: AT, symbol: 'ETHUSDT', leverage: 21 })).toMatchObject({
      e: 'ACCOUNT_CONFIG_UPDATE',
      ac: { s: 'ETHUSDT', l: 21 },
    });
    expect(frame({ kind: 'multi-assets-update', at: AT, isOn: true })).toMatchObject({ ai: { j: true } });
  });
});

describe('order bodies', () => {
  it('know the average price only where they are asked for, not in acknowledgements', () => {
    for (const name of ['avgPrice', 'cumQuote']) expect(acknowledgement(order)).not.toHaveProperty(name);
    expect(orderBody(order)).toMatchObject({ avgPrice: '3001.00', cumQuote: '1500.50000', time: AT - 5 });
  });

  it('name the child of an algo order in a text, empty before it is there', () => {
    expect(algoBody(algo)).toMatchObject({ actualOrderId: '', actualType: '' });
    expect(algoBody({ ...algo, actualOrderId: 5n, actualType: 'MARKET' })).toMatchObject({
      actualOrderId: '5',
      actualType: 'MARKET',
    });
  });
});
