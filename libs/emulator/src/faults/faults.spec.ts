import fc from 'fast-check';
import { isAppError } from '@slt/domain';
import type { FaultRule } from './fault-rule';
import { parseFaultScript } from './fault-script';
import { Faults, type FaultEvent } from './faults';
import { FAULT_KINDS, parseFaultRule } from './validate-fault';

const KLINES: FaultEvent = { target: 'rest', path: '/fapi/v1/klines', symbol: 'BTCUSDT', interval: '1m' };

const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (isAppError(error)) return error.message;
  }
  throw new Error('no AppError');
};

describe('Faults', () => {
  const hits = (faults: Faults, events: readonly FaultEvent[]): boolean[] =>
    events.map((event) => faults.hit('html', event) !== undefined);

  it('hits what all matchers match', () => {
    const faults = new Faults(() => 1_000);
    faults.add({ kind: 'html', path: '/fapi/v1/klines', symbol: ['BTCUSDT', 'ETHUSDT'], interval: '1m' });
    const events: FaultEvent[] = [
      KLINES,
      { ...KLINES, symbol: 'XRPUSDT' },
      { ...KLINES, interval: '5m' },
      { ...KLINES, path: '/fapi/v1/time' },
      { target: 'rest', path: '/fapi/v1/klines' },
      { ...KLINES, target: 'stream' },
    ];
    expect(hits(faults, events)).toEqual([true, false, false, false, false, false]);
  });

  it('tells requests by method and parameters, and frames by event and fields', () => {
    const faults = new Faults(() => 0);
    const textOf =
      (fields: Record<string, string>) =>
      (name: string): string | undefined =>
        fields[name];
    const order = (side: string): FaultEvent => ({
      target: 'rest',
      path: '/fapi/v1/order',
      method: 'POST',
      params: textOf({ side, type: 'MARKET' }),
    });
    faults.add({ kind: 'html', method: 'POST', params: { side: 'BUY', type: 'MARKET' } });
    expect(hits(faults, [order('BUY'), order('SELL'), { ...order('BUY'), method: 'GET' }, KLINES])).toEqual([
      true,
      false,
      false,
      false,
    ]);
    faults.add({ kind: 'lost-update', event: ['ORDER_TRADE_UPDATE'], params: { x: 'TRADE' } });
    const lost = (event: string, x: string): boolean =>
      faults.hit('lost-update', { target: 'stream', path: '/private', event, params: textOf({ x }) }) !==
      undefined;
    expect([lost('ORDER_TRADE_UPDATE', 'TRADE'), lost('ORDER_TRADE_UPDATE', 'NEW')]).toEqual([true, false]);
    expect(lost('ACCOUNT_UPDATE', 'TRADE')).toBe(false);
  });

  it('counts: after so many, and at most so often', () => {
    const faults = new Faults(() => 0);
    const id = faults.add({ kind: 'html', afterRequests: 2, times: 1 });
    expect(hits(faults, [KLINES, KLINES, KLINES, KLINES])).toEqual([false, false, true, false]);
    expect(faults.list()).toEqual([expect.objectContaining({ id, seen: 4, hits: 1, isSpent: true })]);
  });

  it('is in force from an instant, inclusive, until another, exclusive', () => {
    let now = 0;
    const faults = new Faults(() => now);
    faults.add({ kind: 'html', from: 10, until: 20 });
    const hitAt = (at: number): boolean => {
      now = at;
      return faults.hit('html', KLINES) !== undefined;
    };
    expect([9, 10, 19, 20].map(hitAt)).toEqual([false, true, true, false]);
  });

  it('draws probability from a seed: the same in every run, about as often as asked', () => {
    const run = (): boolean[] => {
      const faults = new Faults(() => 0, 7);
      faults.add({ kind: 'html', id: 'p', probability: 0.3 });
      return hits(
        faults,
        Array.from({ length: 1_000 }, () => KLINES),
      );
    };
    const first = run();
    expect(run()).toEqual(first);
    const share = first.filter(Boolean).length / 1_000;
    expect(Math.abs(share - 0.3)).toBeLessThan(0.05);
  });

  it('lets the next rule of a kind act when the first is spent; all act where they add up', () => {
    const faults = new Faults(() => 0);
    faults.add({ kind: 'latency', ms: 5, times: 1 });
    faults.add({ kind: 'latency', ms: 7 });
    expect(faults.hitAll('latency', KLINES).map(({ ms }) => ms)).toEqual([5, 7]);
    expect(faults.hitAll('latency', KLINES).map(({ ms }) => ms)).toEqual([7]);
  });

  it('takes a stream path as meaning streams', () => {
    const faults = new Faults(() => 0);
    faults.add({ kind: 'drop-socket', path: '/market' });
    expect(faults.hit('drop-socket', KLINES)).toBeUndefined();
    expect(faults.hit('drop-socket', { target: 'stream', path: '/market/stream' })).toBeDefined();
  });

  it('replaces, removes and forgets rules', () => {
    const faults = new Faults(() => 0);
    faults.add({ kind: 'html', id: 'a' });
    faults.add({ kind: 'latency', id: 'a', ms: 1 });
    expect(faults.list().map(({ rule }) => rule.kind)).toEqual(['latency']);
    expect([faults.remove('a'), faults.remove('a')]).toEqual([true, false]);
    faults.add({ kind: 'html' });
    faults.clear();
    expect(faults.hit('html', KLINES)).toBeUndefined();
  });
});

describe('fault rules', () => {
  it('are refused with every problem at once', () => {
    const wrong = { kind: 'latency', jitterMs: -1, times: 0, symbl: 'X', probability: 2, from: 5, until: 5 };
    const message = messageOf(() => parseFaultRule(wrong));
    for (const part of [
      'needs ms',
      'jitterMs',
      'times',
      'no field symbl',
      'probability',
      'until must be after',
    ]) {
      expect(message).toContain(part);
    }
  });

  it.each([
    [{ kind: 'nonsense' }, 'kind "nonsense" is none of'],
    [null, 'not an object'],
    [{ kind: 'server-error', body: 'x' }, 'unknown-503-no-code'],
    [{ kind: 'history-hole' }, 'either openTimes or range'],
    [{ kind: 'changed-candle', openTimes: [1] }, 'needs where'],
    [{ kind: 'late-close' }, 'needs ms'],
    [{ kind: 'html', path: 'x' }, 'path must be'],
    [{ kind: 'html', method: 'PATCH' }, 'method must be one of'],
    [{ kind: 'html', params: { side: 1 } }, 'params must be'],
    [{ kind: 'lost-update', event: [] }, 'event must be'],
    [{ kind: 'reject', code: '-2019', msg: 'x' }, 'code must be'],
    [{ kind: 'half-open', when: 'later' }, 'when must be one of before, during, after'],
    [{ kind: 'latency', ms: 1, when: 'during' }, 'when must be one of before, after'],
    [{ kind: 'dead-listen-key', connections: 'open' }, 'connections must be'],
  ])('refuse %j', (rule, part) => expect(messageOf(() => parseFaultRule(rule))).toContain(part));

  it('accept the least of every kind', () => {
    const extras: Record<string, object> = {
      latency: { ms: 1 },
      'late-close': { ms: 1 },
      'clock-skew': { ms: -1 },
      'history-hole': { openTimes: [0] },
      'changed-candle': { where: 'rest', range: { from: 0, to: 1 } },
      reject: { code: -2019, msg: 'Margin is insufficient.' },
      'late-update': { ms: 1 },
    };
    for (const kind of FAULT_KINDS) expect(parseFaultRule({ kind, ...extras[kind] })).toMatchObject({ kind });
  });

  it('never break the parser', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          parseFaultRule(value);
        } catch (error) {
          expect(isAppError(error, 'FAULT.INVALID')).toBe(true);
        }
      }),
    );
  });
});

describe('fault scripts', () => {
  it('count from the start or by the clock', () => {
    const rule: FaultRule = { kind: 'html', id: 'h' };
    const script = [
      { at: '+30s', add: rule },
      { at: 99, remove: 'h' },
      { at: '+1.5m', clear: true },
    ];
    expect(parseFaultScript(JSON.stringify(script), 1_000)).toEqual([
      { at: 31_000, kind: 'add', rule },
      { at: 99, kind: 'remove', id: 'h' },
      { at: 91_000, kind: 'clear' },
    ]);
  });

  it('are refused with every problem and its place', () => {
    const script = [
      { at: 'soon', clear: true },
      { at: 1 },
      { at: 1, add: { kind: 'x' } },
      { at: 1, clear: true, y: 1 },
    ];
    const message = messageOf(() => parseFaultScript(JSON.stringify(script), 0));
    for (const part of [
      'step 1: at must be',
      'step 2: it needs exactly one',
      'step 3:',
      'step 4: there is no field y',
    ]) {
      expect(message).toContain(part);
    }
    expect(messageOf(() => parseFaultScript('[', 0))).toContain('not JSON');
    expect(messageOf(() => parseFaultScript('{}', 0))).toContain('not a list');
  });
});
