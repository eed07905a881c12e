import { eventually } from '../../../../test/support/eventually';
import { AccountRig, SYMBOL } from '../testing/account-rig';
import type { RawStream } from '../testing/raw-client';
import { SignedClient } from '../testing/signed-client';

describe('account streams', () => {
  const rigs: AccountRig[] = [];
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.close();
  });
  const start = async (options: Parameters<typeof AccountRig.start>[0] = {}): Promise<AccountRig> => {
    const rig = await AccountRig.start(options);
    rigs.push(rig);
    return rig;
  };
  const orders = (stream: RawStream): Record<string, unknown>[] =>
    stream.frames('ORDER_TRADE_UPDATE').map((frame) => frame.o as Record<string, unknown>);
  const algoStates = (stream: RawStream): unknown[] =>
    stream.frames('ALGO_UPDATE').map((frame) => (frame.o as { X: string }).X);
  const isFilled = (stream: RawStream): boolean => orders(stream).at(-1)?.X === 'FILLED';

  it('tell of an order from its acceptance to its last fill, and of the account', async () => {
    const rig = await start();
    const stream = await rig.listen();
    await rig.market('BUY', { newClientOrderId: 'entry' });
    await eventually(() => expect(isFilled(stream)).toBe(true));
    const [first, ...trades] = orders(stream);
    expect(first).toMatchObject({ c: 'entry', x: 'NEW', X: 'NEW', l: '0', z: '0.000' });
    expect(trades.length).toBeGreaterThanOrEqual(1);
    for (const trade of trades) expect(trade).toMatchObject({ c: 'entry', x: 'TRADE', N: 'USDT', m: false });
    const filled = trades.reduce((sum, trade) => sum + Number(trade.l), 0);
    expect(filled).toBeCloseTo(0.01, 9);
    expect(trades.at(-1)).toMatchObject({ X: 'FILLED', z: '0.010' });
    expect(stream.frames('TRADE_LITE')).toHaveLength(trades.length);
    const update = stream.frames('ACCOUNT_UPDATE').at(-1)!.a as {
      m: string;
      B: { wb: string }[];
      P: { pa: string }[];
    };
    expect(update).toMatchObject({ m: 'ORDER', P: [{ s: SYMBOL, pa: '0.010', mt: 'cross', ps: 'BOTH' }] });
    expect(update.B[0]!.wb).toBe(rig.emulator.ledger().walletBalance);
  });

  it('come wrapped or raw, chosen by event, on every connection of the key, and on no other', async () => {
    const rig = await start();
    const key = await rig.listenKey();
    const raw = await rig.listen('/private/ws?listenKey=KEY&events=ORDER_TRADE_UPDATE/ALGO_UPDATE');
    const wrapped = await rig.listen('/private/stream?listenKey=KEY');
    const stranger = await rig.listen('/private/ws/someOtherKey');
    await rig.market('BUY');
    await eventually(() => expect(isFilled(raw) && isFilled(wrapped)).toBe(true));
    expect(new Set(raw.messages.map((frame) => (frame as { e: string }).e))).toEqual(
      new Set(['ORDER_TRADE_UPDATE']),
    );
    expect(wrapped.messages[0]).toEqual({
      stream: key,
      data: expect.objectContaining({ e: expect.any(String) }),
    });
    expect(wrapped.frames('ACCOUNT_UPDATE').length).toBeGreaterThan(0);
    expect(stranger.messages).toEqual([]);
  });

  it('tell nobody of somebody else', async () => {
    const rig = await start();
    const stream = await rig.listen();
    const other = new SignedClient(rig.emulator.url, {
      ...rig.emulator.createAccount(),
      now: () => rig.emulator.now(),
    });
    expect((await other.post('/fapi/v1/order', rig.marketParams('BUY'))).status).toBe(200);
    await rig.market('SELL', { newClientOrderId: 'mine' });
    await eventually(() => expect(isFilled(stream)).toBe(true));
    expect(orders(stream).every((order) => order.c === 'mine')).toBe(true);
  });

  it('come after the answer to the call that caused them', async () => {
    const rig = await start({ latencyMs: 300 });
    const stream = await rig.listen();
    await rig.market('BUY');
    // The answer is 150 ms under way; frames that did not wait for it would be here.
    const early = orders(stream).length;
    await eventually(() => expect(isFilled(stream)).toBe(true));
    expect(early).toBeLessThan(orders(stream).length);
  });

  it('tell of leverage, and of deposits', async () => {
    const rig = await start();
    const stream = await rig.listen();
    await rig.client.post('/fapi/v1/leverage', { symbol: SYMBOL, leverage: 7 });
    rig.emulator.transfer('250.5');
    await eventually(() => expect(stream.messages).toHaveLength(2));
    expect(stream.frames('ACCOUNT_CONFIG_UPDATE')[0]).toMatchObject({ ac: { s: SYMBOL, l: 7 } });
    expect(stream.frames('ACCOUNT_UPDATE')[0]).toMatchObject({
      a: { m: 'DEPOSIT', B: [{ a: 'USDT', wb: '10250.50000000', bc: '250.50000000' }] },
    });
  });

  it('tell of an algo order through all its states while the exchange runs by itself', async () => {
    const rig = await start({ speed: 600 });
    const stream = await rig.listen();
    await rig.market('BUY');
    await rig.stop(0.05, { clientAlgoId: 'stop' });
    rig.emulator.shiftPrice({ symbol: SYMBOL, factor: 0.9 });
    await eventually(() => expect(algoStates(stream).at(-1)).toBe('FINISHED'));
    expect(algoStates(stream)).toEqual(['NEW', 'TRIGGERING', 'TRIGGERED', 'FINISHED']);
    const child = orders(stream).filter((order) => order.c === 'stop');
    expect(child.at(-1)).toMatchObject({ X: 'FILLED', o: 'MARKET', ot: 'STOP_MARKET', S: 'SELL', R: true });
    const { positions, trades } = rig.emulator.ledger();
    expect(positions).toEqual([]);
    expect(trades.map((trade) => trade.side)).toEqual(expect.arrayContaining(['BUY', 'SELL']));
  });

  it('write ids of 19 digits as numbers, on the stream and in answers', async () => {
    const rig = await start({ longOrderIds: 'all' });
    const { text, body } = await rig.market('BUY');
    expect(text).toMatch(/"orderId":\d{19}[,}]/);
    const asked = await rig.client.get('/fapi/v1/order', { symbol: SYMBOL, orderId: String(body.orderId) });
    expect(asked.body.orderId).toBe(body.orderId);
    expect(rig.emulator.ledger().orders[0]!.orderId).toBe(body.orderId);
  });
});
