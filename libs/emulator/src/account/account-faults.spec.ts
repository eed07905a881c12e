import { eventually } from '../../../../test/support/eventually';
import type { FaultRule } from '../faults/fault-rule';
import { AccountRig, SYMBOL } from '../testing/account-rig';
import type { RawStream } from '../testing/raw-client';
import type { Answer } from '../testing/signed-client';

const ORDER = { path: '/fapi/v1/order', method: 'POST', times: 1 } as const;

describe('faults of the account side', () => {
  const rigs: AccountRig[] = [];
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.close();
  });
  const start = async (
    rule?: FaultRule,
    options: Parameters<typeof AccountRig.start>[0] = {},
  ): Promise<AccountRig> => {
    const rig = await AccountRig.start({ ...options, faults: rule === undefined ? [] : [rule] });
    rigs.push(rig);
    return rig;
  };
  const buy = (rig: AccountRig, timeoutMs?: number): Promise<Answer> =>
    rig.client.call('POST', '/fapi/v1/order', rig.marketParams('BUY', { newClientOrderId: 'it' }), timeoutMs);
  /** What a client that asks afterwards finds. */
  const outcome = async (rig: AccountRig): Promise<unknown> => {
    const { body } = await rig.client.get('/fapi/v1/order', { symbol: SYMBOL, origClientOrderId: 'it' });
    return body.status ?? body.code;
  };
  const DONE = 'FILLED';
  const NOT_DONE = -2013;

  describe('of requests leave open whether they were carried out', () => {
    it.each<[FaultRule, string | number]>([
      [{ kind: 'half-open' }, NOT_DONE],
      [{ kind: 'half-open', when: 'after' }, DONE],
    ])('%j: no answer', async (rule, expected) => {
      const rig = await start({ ...ORDER, ...rule });
      const stream = await rig.listen();
      await expect(buy(rig, 300)).rejects.toThrow('no answer');
      expect(await outcome(rig)).toBe(expected);
      if (expected === DONE)
        await eventually(() => expect(stream.frames('TRADE_LITE').length).toBeGreaterThan(0));
    });

    it.each<[FaultRule, string | number]>([
      [{ kind: 'drop-socket' }, NOT_DONE],
      [{ kind: 'drop-socket', when: 'before' }, NOT_DONE],
      [{ kind: 'drop-socket', when: 'after' }, DONE],
      [{ kind: 'drop-socket', when: 'during' }, DONE],
    ])('%j: the connection breaks', async (rule, expected) => {
      const rig = await start({ ...ORDER, ...rule });
      const stream = await rig.listen();
      await expect(buy(rig)).rejects.toThrow(/hang up|ECONNRESET|aborted/);
      expect(await outcome(rig)).toBe(expected);
      if (expected === DONE)
        await eventually(() => expect(stream.frames('TRADE_LITE').length).toBeGreaterThan(0));
    });

    it('does not carry out what it has refused because the client no longer waits for the refusal', async () => {
      const rig = await start({ ...ORDER, kind: 'server-error', body: '-1007-408' });
      rig.emulator.faults.add({ ...ORDER, kind: 'latency', ms: 300, when: 'after' });
      await expect(buy(rig, 100)).rejects.toThrow('no answer');
      // Longer than the refusal waits.
      rig.emulator.faults.add({ kind: 'latency', path: '/fapi/v1/order', method: 'GET', ms: 500 });
      expect(await outcome(rig)).toBe(NOT_DONE);
    });

    const BODIES = [
      ['-1007-408', 408, -1007],
      ['-1006-400', 400, -1006],
      ['-1006-500', 500, -1006],
      ['-1000-500', 500, -1000],
      ['-1001', 503, -1001],
      ['-1008', 503, -1008],
      ['unknown-503-no-code', 503, undefined],
      ['html-502', 502, undefined],
    ] as const;

    it.each(BODIES)('server-error %s, not carried out', async (body, status, code) => {
      const rig = await start({ ...ORDER, kind: 'server-error', body });
      const answer = await buy(rig);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(await outcome(rig)).toBe(NOT_DONE);
    });

    it.each(BODIES)('server-error %s, carried out', async (body, status, code) => {
      const rig = await start({ ...ORDER, kind: 'server-error', body, executed: true });
      const stream = await rig.listen();
      const answer = await buy(rig);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(await outcome(rig)).toBe(DONE);
      await eventually(() => expect(stream.frames('TRADE_LITE').length).toBeGreaterThan(0));
    });

    it('html, carried out; and a body cut off', async () => {
      const rig = await start({ ...ORDER, kind: 'html', status: 200, executed: true });
      expect((await buy(rig)).text).toMatch(/^<html/);
      expect(await outcome(rig)).toBe(DONE);
      rig.emulator.faults.add({ ...ORDER, kind: 'truncated-json' });
      expect((await rig.market('SELL')).body).toEqual(expect.any(String));
      expect(rig.emulator.ledger().positions).toEqual([]);
    });

    it('a client that hangs up before its order is carried out: the stream tells all the same', async () => {
      const rig = await start({ ...ORDER, kind: 'latency', ms: 400, when: 'before' });
      const stream = await rig.listen();
      await expect(buy(rig, 100)).rejects.toThrow('no answer');
      await eventually(() => expect(stream.frames('TRADE_LITE').length).toBeGreaterThan(0));
      expect(await outcome(rig)).toBe(DONE);
    });

    it('for cancels too', async () => {
      const rig = await start({ kind: 'half-open', when: 'after', path: '/fapi/v1/order', method: 'DELETE' });
      await rig.limit({ newClientOrderId: 'it' });
      const cancel = { symbol: SYMBOL, origClientOrderId: 'it' };
      await expect(rig.client.call('DELETE', '/fapi/v1/order', cancel, 300)).rejects.toThrow('no answer');
      expect(await outcome(rig)).toBe('CANCELED');
    });

    it('for algo orders too', async () => {
      const rig = await start({
        kind: 'drop-socket',
        when: 'after',
        path: '/fapi/v1/algoOrder',
        method: 'POST',
      });
      await rig.market('BUY');
      await expect(rig.stop(0.05, { clientAlgoId: 'stop' })).rejects.toThrow();
      const { body } = await rig.client.get('/fapi/v1/algoOrder', { clientAlgoId: 'stop' });
      expect(body.algoStatus).toBe('NEW');
    });
  });

  it('-1008 spares cancels and what only makes a position smaller', async () => {
    const rig = await start();
    await buy(rig);
    await rig.limit({ newClientOrderId: 'rest' });
    rig.emulator.faults.add({ kind: 'server-error', body: '-1008', path: '/fapi/v1/order' });
    expect((await rig.market('BUY')).body.code).toBe(-1008);
    expect((await rig.market('SELL', { quantity: '0.005' })).body.code).toBe(-1008);
    expect((await rig.market('SELL', { quantity: '0.005', reduceOnly: true })).status).toBe(200);
    const rest = { symbol: SYMBOL, origClientOrderId: 'rest' };
    expect((await rig.client.delete('/fapi/v1/order', rest)).status).toBe(200);
  });

  it('reject refuses with any code, and nothing is carried out', async () => {
    const rule = { kind: 'reject', code: -2019, msg: 'Margin is insufficient.' } as const;
    const rig = await start({ ...ORDER, ...rule, params: { side: 'BUY' } });
    expect((await rig.market('SELL')).status).toBe(200);
    expect(await buy(rig)).toMatchObject({
      status: 400,
      body: { code: -2019, msg: 'Margin is insufficient.' },
    });
    expect(await outcome(rig)).toBe(NOT_DONE);
  });

  it('latency after execution: fills come before the acknowledgement', async () => {
    const rig = await start({ ...ORDER, kind: 'latency', ms: 600, when: 'after' });
    const stream = await rig.listen();
    let isAcknowledged = false;
    const order = buy(rig).then((answer) => {
      isAcknowledged = true;
      return answer;
    });
    await eventually(() => expect(stream.frames('TRADE_LITE').length).toBeGreaterThan(0), 30_000, 5);
    expect(isAcknowledged).toBe(false);
    expect((await order).body).toMatchObject({ status: 'NEW', clientOrderId: 'it' });
  });

  describe('of the account stream', () => {
    const states = (stream: RawStream): unknown[] =>
      stream.frames('ORDER_TRADE_UPDATE').map((frame) => (frame.o as { X: string }).X);
    /** Rests an order and cancels it: NEW, CANCELED, and nothing else. */
    const restAndCancel = async (rig: AccountRig): Promise<void> => {
      await rig.limit({ newClientOrderId: 'rest' });
      await rig.client.delete('/fapi/v1/order', { symbol: SYMBOL, origClientOrderId: 'rest' });
    };
    /** A frame that comes after all others so far. */
    const settled = async (rig: AccountRig, stream: RawStream): Promise<void> => {
      rig.emulator.transfer('1');
      await eventually(() => expect(stream.frames('ACCOUNT_UPDATE').length).toBeGreaterThan(0));
    };

    it.each<[FaultRule, string[]]>([
      [{ kind: 'lost-update', event: 'ORDER_TRADE_UPDATE', params: { X: 'CANCELED' } }, ['NEW']],
      [{ kind: 'duplicate-update', params: { X: 'NEW' } }, ['NEW', 'NEW', 'CANCELED']],
      [
        { kind: 'duplicate-update', params: { X: 'CANCELED' }, copies: 2 },
        ['NEW', 'CANCELED', 'CANCELED', 'CANCELED'],
      ],
      [{ kind: 'out-of-order-update', params: { X: 'NEW' } }, ['CANCELED', 'NEW']],
      [{ kind: 'late-update', params: { X: 'NEW' }, ms: 1_500 }, ['CANCELED', 'NEW']],
      [{ kind: 'lost-update', symbol: 'ETHUSDT' }, ['NEW', 'CANCELED']],
    ])('%j', async (rule, expected) => {
      const rig = await start({ times: 1, ...rule });
      const stream = await rig.listen();
      await restAndCancel(rig);
      await settled(rig, stream);
      await eventually(() => expect([...states(stream)].sort()).toEqual([...expected].sort()));
      // A duplicate comes on its own, by the clock.
      if (rule.kind !== 'duplicate-update') expect(states(stream)).toEqual(expected);
    });

    it.each(['silent', 'closed', 'told'] as const)(
      'dead-listen-key before a frame, connections %s',
      async (connections) => {
        const event = 'ORDER_TRADE_UPDATE';
        const rig = await start({ kind: 'dead-listen-key', connections, event, times: 1 });
        const stream = await rig.listen();
        await restAndCancel(rig);
        const { body } = await rig.client.send({ method: 'PUT', path: '/fapi/v1/listenKey' });
        expect(body.code).toBe(-1125);
        expect(states(stream)).toEqual([]);
        await eventually(() => expect(stream.closed !== undefined).toBe(connections === 'closed'));
        expect(stream.frames('listenKeyExpired')).toHaveLength(connections === 'told' ? 1 : 0);
        const next = await rig.listen();
        await restAndCancel(rig);
        await eventually(() => expect(states(next)).toEqual(['NEW', 'CANCELED']));
      },
    );

    it('silent-stream for one event; half-open at a frame', async () => {
      const rig = await start({ kind: 'silent-stream', event: 'ORDER_TRADE_UPDATE', times: 2 });
      const stream = await rig.listen();
      await restAndCancel(rig);
      await settled(rig, stream);
      expect(states(stream)).toEqual([]);
      rig.emulator.faults.add({ kind: 'half-open', event: 'ORDER_TRADE_UPDATE', times: 1 });
      await restAndCancel(rig);
      expect(await stream.answersPing(300)).toBe(false);
    });
  });

  it('stuck-algo: triggering for ever, until it is cancelled with all others', async () => {
    const rig = await start({ kind: 'stuck-algo', params: { clientAlgoId: 'stop' } }, { speed: 600 });
    const stream = await rig.listen();
    await rig.market('BUY', { quantity: '0.02' });
    await rig.stop(0.05, { clientAlgoId: 'stop' });
    await rig.stop(0.05, { clientAlgoId: 'other' });
    rig.emulator.shiftPrice({ symbol: SYMBOL, factor: 0.9 });
    const stateOf = (id: string): string =>
      rig.emulator.ledger().algoOrders.find((algo) => algo.clientAlgoId === id)!.algoStatus;
    await eventually(() => expect(stateOf('other')).toBe('FINISHED'));
    expect(stateOf('stop')).toBe('TRIGGERING');
    const { positions, openAlgoOrders } = rig.emulator.ledger();
    expect(positions).toEqual([expect.objectContaining({ positionAmt: '0.010' })]);
    expect(openAlgoOrders.map((algo) => algo.clientAlgoId)).toEqual(['stop']);
    await eventually(() => expect(stream.frames('ALGO_UPDATE').length).toBeGreaterThanOrEqual(6));
    expect((await rig.client.delete('/fapi/v1/algoOrder', { clientAlgoId: 'stop' })).status).toBe(200);
    expect(stateOf('stop')).toBe('CANCELED');
  });
});
