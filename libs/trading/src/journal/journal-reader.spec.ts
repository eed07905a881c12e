import fc from 'fast-check';
import type { Signal } from '../core/signal';
import type { Decision } from '../core/signal';
import { encodeCursor, type Page } from './cursor';
import type { JournalEntry } from './entries';
import type { Lease } from './lease';
import { anAssessment } from '../testing/assessments';
import { JournalUnderTest } from './testing/journal-under-test';
import {
  aBreakerTransition,
  aFill,
  aFunding,
  anIntent,
  aSignal,
  aTrade,
  REFUSED,
  T0,
  TRADED,
} from './testing/samples';

let subject: JournalUnderTest;
let account: string;
let lease: Lease;

beforeAll(async () => {
  subject = new JournalUnderTest();
  await subject.parts.journal.open();
});

afterAll(() => subject.close());

beforeEach(async () => {
  account = subject.newAccount();
  lease = await subject.parts.leases.acquire({ account, ttlMs: 600_000 });
});

const append = (...entries: JournalEntry[]) => subject.parts.journal.append(lease, entries);

async function allOf<Item>(
  limit: number,
  fetch: (page: { limit: number; cursor?: string }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await fetch({ limit, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    if (page.next === undefined) return items;
    cursor = page.next;
  }
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', '币安人生USDT'];
const SETUPS = ['sweep-reversal', 'block-retest'] as const;

describe('signals', () => {
  it('come newest first, page by page, each once, whatever is asked for', async () => {
    const { journal, reader } = subject.parts;
    const written: (Signal & Decision)[] = Array.from({ length: 60 }, (_, i) => ({
      // Three of each moment, so that pages end between equals.
      ...aSignal({ symbol: SYMBOLS[i % 3]!, setup: SETUPS[i % 2]!, at: T0 + Math.floor(i / 6) }),
      ...(i % 4 === 0 ? TRADED : REFUSED),
    }));
    await Promise.all(
      written.map(({ decision, reasons, ...signal }) =>
        journal.recordSignal(account, signal, { decision, reasons }),
      ),
    );
    const newestFirst = [...written].sort(
      (a, b) => b.at - a.at || Buffer.compare(Buffer.from(b.id), Buffer.from(a.id)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 70 }),
        fc.record(
          {
            symbol: fc.constantFrom(...SYMBOLS),
            setup: fc.constantFrom(...SETUPS),
            decision: fc.constantFrom('traded' as const, 'refused' as const),
          },
          { requiredKeys: [] },
        ),
        async (limit, filter) => {
          const asked = await allOf(limit, (page) => reader.signals(account, page, filter));
          expect(asked).toEqual(
            newestFirst.filter((signal) =>
              Object.entries(filter).every(([key, value]) => signal[key as keyof Signal] === value),
            ),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('come back with what a learner made of them, also of what it did not know', async () => {
    const { journal, reader } = subject.parts;
    const contributions = [
      { feature: 'relative-volume', value: NaN, weight: -0.30000000000000004 },
      { feature: 'swing-bias', value: -1, weight: 0.1 },
    ];
    const features = [0.1, NaN, -2, 1e-300];
    const refusals = ['NO_EDGE', 'EDGE_UNPROVEN'] as const;
    const assessed = aSignal({ assessment: anAssessment({ contributions, features, refusals }) });
    const plain = aSignal({ at: T0 + 1 });
    await journal.recordSignal(account, assessed, REFUSED);
    await journal.recordSignal(account, plain, REFUSED);
    const { items } = await reader.signals(account, { limit: 10 });
    expect(items).toEqual([
      { ...plain, ...REFUSED },
      { ...assessed, ...REFUSED },
    ]);
    expect(items[0]).not.toHaveProperty('assessment');
  });

  it.each([
    [{ limit: 0 }, 'TRADING.LIMIT'],
    [{ limit: 1.5 }, 'TRADING.LIMIT'],
    [{ limit: 1_001 }, 'TRADING.LIMIT'],
    [{ limit: 1, cursor: 'x' }, 'TRADING.CURSOR'],
    [{ limit: 1, cursor: encodeCursor({ at: -1, id: 'x' }) }, 'TRADING.CURSOR'],
    [{ limit: 1, cursor: Buffer.from('1 a\0').toString('base64url') }, 'TRADING.CURSOR'],
  ])('asked for by %j is refused', async (page, code) => {
    await expect((async () => subject.parts.reader.signals(account, page))()).rejects.toMatchObject({
      kind: 'invalid',
      code,
    });
  });
});

describe('trades, orders, breaker changes and reconciliations', () => {
  it('come newest first and by their filters', async () => {
    const { reader } = subject.parts;
    const trades = Array.from({ length: 7 }, (_, i) =>
      aTrade({
        positionId: `p${i}`,
        exitTime: T0 + 100 + Math.floor(i / 2),
        exitReason: i === 3 ? 'stop' : 'target',
      }),
    );
    const second = aTrade({ positionId: 'p6', entryTime: T0 + 102, exitTime: T0 + 103 });
    await append(...[...trades, second].map((trade) => ({ kind: 'trade', trade }) as const));
    const ids = async (limit: number, filter = {}) =>
      (await allOf(limit, (page) => reader.trades(account, page, filter))).map(
        ({ positionId, entryTime }) => `${positionId}@${entryTime - T0}`,
      );
    const all = ['p6@102', 'p6@2', 'p5@2', 'p4@2', 'p3@2', 'p2@2', 'p1@2', 'p0@2'];
    for (const limit of [1, 2, 3, 100]) expect(await ids(limit)).toEqual(all);
    expect(await ids(2, { exitReason: 'stop' })).toEqual(['p3@2']);
    // Inclusive: p2 and p3 at +101, p4 and p5 at +102.
    expect(await ids(2, { since: T0 + 101, until: T0 + 102 })).toEqual(['p5@2', 'p4@2', 'p3@2', 'p2@2']);
    expect(await ids(2, { symbol: 'ETHUSDT' })).toEqual([]);
  });

  it('keep the order of what happened in one millisecond', async () => {
    const { reader } = subject.parts;
    const changes = [
      aBreakerTransition(),
      aBreakerTransition({ from: 'warning', to: 'blocked', move: 'worsen-to-blocked' }),
      aBreakerTransition({ from: 'blocked', to: 'normal', move: 'reset', reasons: [] }),
    ];
    for (const change of [...changes, ...changes]) await append({ kind: 'breaker', change });
    expect(await allOf(1, (page) => reader.breakerChanges(account, page))).toEqual([...changes].reverse());
    const results = ['link-up', 'start'].map((cause, i) => ({
      at: T0,
      cause,
      isClean: i === 0,
      findings: [{ kind: 'book-fill', fill: aFill() }],
    }));
    await append(...results.map((result) => ({ kind: 'reconciliation', result }) as const));
    expect(await allOf(1, (page) => reader.reconciliations(account, page))).toEqual([...results].reverse());
    const intents = [1, 2, 3].map((generation) => anIntent({ generation, createdAt: T0 + generation }));
    await append(...intents.map((intent) => ({ kind: 'intent', intent }) as const));
    const orders = await allOf(2, (page) => reader.orders(account, page, { positionId: 'p1' }));
    expect(orders.map(({ intent }) => intent.generation)).toEqual([3, 2, 1]);
  });
});

describe('the equity curve', () => {
  it('has at most so many points, the last one among them', async () => {
    await append(
      ...Array.from({ length: 100 }, (_, i) => ({
        kind: 'balance' as const,
        point: { at: T0 + i * i, walletBalance: '5', equity: String(i) },
      })),
    );
    const { reader } = subject.parts;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (maxPoints) => {
        const points = await reader.equity(account, { maxPoints });
        expect(points.length).toBeLessThanOrEqual(maxPoints);
        expect(points.at(-1)).toEqual({ at: T0 + 99 * 99, walletBalance: '5', equity: '99' });
        const times = points.map(({ at }) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
      { numRuns: 20 },
    );
    expect(await reader.equity(account)).toHaveLength(100);
    expect(await reader.equity(account, { since: T0 + 9, until: T0 + 16 })).toEqual([
      { at: T0 + 9, walletBalance: '5', equity: '3' },
      { at: T0 + 16, walletBalance: '5', equity: '4' },
    ]);
    expect(await reader.equity(subject.newAccount())).toEqual([]);
  });
});

describe('the ledger', () => {
  it('gives trades in the order of their exits, page by page, none missing and none double', async () => {
    // Two of each instant, and more than two pages of a thousand.
    const trades = Array.from({ length: 2_100 }, (_, i) =>
      aTrade({ positionId: `p${i}`, exitTime: T0 + 10 * Math.floor(i / 2) }),
    );
    const shuffled = trades.map((_, i) => trades[(i * 1_009) % trades.length]!);
    await append(...shuffled.map((trade): JournalEntry => ({ kind: 'trade', trade })));
    const read = async (until?: number): Promise<readonly string[]> => {
      const ids: string[] = [];
      let before = 0;
      for await (const page of subject.parts.ledger.trades(account, until)) {
        expect(page.length).toBeLessThanOrEqual(1_000);
        for (const { positionId, exitTime } of page) {
          expect(exitTime).toBeGreaterThanOrEqual(before);
          before = exitTime;
          ids.push(positionId);
        }
      }
      return ids;
    };
    const all = await read();
    expect(all).toHaveLength(2_100);
    expect(new Set(all)).toEqual(new Set(trades.map(({ positionId }) => positionId)));
    expect(await read(T0 + 500)).toEqual(all.slice(0, 102)); // 0, 10, … 500: 51 instants of two
    expect(await read(T0 - 1)).toEqual([]);
  });

  it('sums money exactly, fees by asset', async () => {
    await subject.parts.journal.setInitialBalance(account, '1000');
    await append(
      { kind: 'fill', fill: aFill({ tradeId: '1', fee: '0.1', realizedPnl: '0.2' }) },
      { kind: 'fill', fill: aFill({ tradeId: '2', fee: '0.2', realizedPnl: '-0.1' }) },
      { kind: 'fill', fill: aFill({ tradeId: '3', fee: '0.00001', feeAsset: 'BNB' }) },
      { kind: 'funding', payment: aFunding({ amount: '-0.03' }) },
      { kind: 'transfer', transfer: { id: 't', amount: '5', reason: 'deposit', at: T0 } },
    );
    const { ledger } = subject.parts;
    expect(await ledger.totals(account)).toEqual({
      initialBalance: '1000',
      realizedPnl: '0.1', // 0.2 − 0.1
      fees: { BNB: '0.00001', USDT: '0.3' }, // 0.1 + 0.2
      funding: '-0.03',
      transfers: '5',
      fills: 3,
    });
    expect(await ledger.transfers(account)).toEqual([{ id: 't', amount: '5', reason: 'deposit', at: T0 }]);
    const payments: string[] = [];
    for await (const payment of ledger.fundings(account)) payments.push(payment.amount);
    expect(payments).toEqual(['-0.03']);
  });
});

describe('the export', () => {
  it('has a line of names and one for each, newest first, over more than one page', async () => {
    const { exports, journal } = subject.parts;
    const trades = Array.from({ length: 1_001 }, (_, i) => aTrade({ positionId: `p${i}`, exitTime: T0 + i }));
    await append(...trades.map((trade) => ({ kind: 'trade', trade }) as const));
    const lines = (await textOf(exports.trades(account))).split('\r\n');
    expect(lines).toHaveLength(1 + 1_001 + 1);
    expect(lines[0]).toMatch(/^position_id,symbol,setup,.*,net_pnl,r,confidence$/);
    expect(lines[1]).toBe(
      'p1000,BTCUSDT,sweep-reversal,long,0.010,2025-10-09T08:53:20.002Z,65000.10,2025-10-09T08:53:21.000Z,' +
        '65100.10,target,1.00000000,0.65050100,-0.01234567,0.33715333,0.0337,0.7',
    );
    expect(lines[1_001]).toMatch(/^p0,/);
    const cunning = aSignal({ symbol: '=1+1,"x"' });
    await journal.recordSignal(account, cunning, REFUSED);
    const signals = (await textOf(exports.signals(account))).split('\r\n');
    expect(signals[1]).toContain(`"'=1+1,""x""",1m`);
    expect(signals[1]).toContain('refused,POSITION_EXISTS COOL_DOWN,');
    expect(signals[1]).toMatch(/,,,,,,,,,$/);
  });

  it('has the judgement of a learner in columns, and NaN as null', async () => {
    const { exports, journal } = subject.parts;
    await journal.recordSignal(account, aSignal({ assessment: anAssessment() }), REFUSED);
    const [names, line] = (await textOf(exports.signals(account))).split('\r\n');
    expect(names).toMatch(
      /,parts,model,probability,expected_r,lower_bound,cost_r,risk_scale,contributions,feature_version,features$/,
    );
    expect(line).toMatch(/,online,0\.5,0\.2,0\.05,0\.3,1,"\[\{.*\}\]",1,"\[0\.1,null,-2\]"$/);
  });

  it('of nothing has the names alone', async () => {
    expect((await textOf(subject.parts.exports.signals(account))).split('\r\n')).toHaveLength(2);
  });
});
