/** One suite for both queue backends: PostgreSQL always, Redis where REDIS_URL names one. */
import { AppError, type Candle, MINUTE_MS, toCandles } from '@slt/domain';
import { eventually } from '../../../test/support/eventually';
import { candleOf, FakeExchange } from '../../../test/support/history/fake-exchange';
import {
  embeddedQueue,
  QueueBench,
  type QueueAddress,
  redisQueue,
  throughProxy,
} from '../../../test/support/history/queue-bench';
import type { HistoryOutcome } from './history.types';

const symbolsOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `S${i}USDT`);
const transient = (code = 'EXCHANGE.SERVER_ERROR', retryAfterMs?: number): AppError =>
  new AppError('transient', code, 'not now', retryAfterMs === undefined ? {} : { retryAfterMs });
const kindsOf = (outcomes: Map<string, HistoryOutcome>): string[] =>
  [...new Set([...outcomes.values()].map((o) => (o.kind === 'whole' ? o.origin : o.kind)))].sort();
/** Where requests are counted: on a machine that stands still for a second no job may count as abandoned. */
const UNHURRIED = { settings: { lockMs: 60_000, stalledCheckMs: 30_000 } };
const { REDIS_URL } = process.env;

describe('history on PostgreSQL', () => suite(embeddedQueue));
(REDIS_URL === undefined ? describe.skip : describe)('history on Redis', () =>
  suite(() => redisQueue(REDIS_URL ?? '')),
);

function suite(open: () => Promise<QueueAddress>): void {
  let address: QueueAddress;
  let bench: QueueBench;

  beforeAll(async () => {
    address = await open();
  });

  afterAll(async () => {
    await address.stop();
  });

  beforeEach(() => {
    bench = new QueueBench(address);
  });

  afterEach(async () => {
    await bench.close();
  });

  const expected = (symbol: string, limit: number): Candle[] => {
    const last = Math.floor(bench.clock.now() / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
    return Array.from({ length: limit }, (_, i) => candleOf(symbol, last - (limit - 1 - i) * MINUTE_MS));
  };
  const candlesOf = (outcome: HistoryOutcome | undefined): Candle[] => {
    if (outcome === undefined || outcome.kind === 'failed') throw outcome?.reason ?? new Error('no outcome');
    return toCandles(outcome.columns);
  };

  it('fetches what is not cached, one request each, and writes it', async () => {
    const { service } = bench.join(UNHURRIED);
    const symbols = symbolsOf(20);
    const outcomes = await service.ensureHistory(symbols, '1m', 1000);
    expect(kindsOf(outcomes)).toEqual(['fetched']);
    for (const symbol of symbols) expect(candlesOf(outcomes.get(symbol))).toEqual(expected(symbol, 1000));
    expect(bench.exchange.calls).toHaveLength(20);
    expect(outcomes.get('S0USDT')).toMatchObject({ requests: 1, weight: 5, knownHoles: 0 });
    await service.flush();
    expect(bench.store.files.size).toBe(20);
  });

  it('serves a fresh cache without queue or request, and tops up an old one at a weight of one', async () => {
    const { service } = bench.join(UNHURRIED);
    const symbols = symbolsOf(5);
    await service.ensureHistory(symbols, '1m', 400);
    await service.flush();
    const again = await service.ensureHistory(symbols, '1m', 400);
    expect(kindsOf(again)).toEqual(['cache']);
    expect(bench.exchange.calls).toHaveLength(5);
    bench.clock.advance(10 * MINUTE_MS);
    const later = await service.ensureHistory(symbols, '1m', 400);
    expect(later.get('S1USDT')).toMatchObject({ origin: 'topped-up', requests: 1, weight: 1 });
    expect(candlesOf(later.get('S1USDT'))).toEqual(expected('S1USDT', 400));
  });

  it('does the work once for two who ask at once, in one process or in two', async () => {
    const one = bench.join(UNHURRIED);
    const two = bench.join({ options: { worker: false } });
    bench.exchange.latencyMs = 60;
    const symbols = symbolsOf(12);
    const asks = [one, one, two].map(({ service }) => service.ensureHistory(symbols, '1m', 200));
    for (const outcomes of await Promise.all(asks)) {
      expect([...outcomes.values()].map((o) => o.kind)).toEqual(symbols.map(() => 'whole'));
      expect(candlesOf(outcomes.get('S3USDT'))).toEqual(expected('S3USDT', 200));
    }
    for (const symbol of symbols) expect(bench.exchange.callsOf(symbol)).toBe(1);
  });

  it('asks again when the job it joined was for fewer candles', async () => {
    const { service } = bench.join();
    bench.exchange.latencyMs = 50;
    const [few, many] = await Promise.all([
      service.ensureHistory(['S0USDT'], '1m', 50),
      service.ensureHistory(['S0USDT'], '1m', 300),
    ]);
    expect(candlesOf(few.get('S0USDT'))).toEqual(expected('S0USDT', 50));
    expect(candlesOf(many.get('S0USDT'))).toEqual(expected('S0USDT', 300));
  });

  it('leaves the fetching to a worker elsewhere', async () => {
    const asker = bench.join({ options: { worker: false }, exchange: new FakeExchange() });
    bench.join();
    const outcomes = await asker.service.ensureHistory(symbolsOf(10), '1m', 100);
    expect(kindsOf(outcomes)).toEqual(['fetched']);
    expect(candlesOf(outcomes.get('S9USDT'))).toEqual(expected('S9USDT', 100));
    expect(bench.exchange.calls).toHaveLength(10);
  });

  it('tries again after a passing error, with growing pauses', async () => {
    const { service } = bench.join(UNHURRIED);
    const at: number[] = [];
    bench.exchange.disturb = () => {
      at.push(performance.now());
      if (at.length < 4) throw transient();
    };
    const outcomes = await service.ensureHistory(['S0USDT'], '1m', 10);
    expect(outcomes.get('S0USDT')?.kind).toBe('whole');
    expect(at).toHaveLength(4);
    // 30 ms, doubled each time, less a jitter of half; a timer may be early by one
    for (const k of [0, 1, 2]) expect(at[k + 1]! - at[k]!).toBeGreaterThan(0.5 * 30 * 2 ** k - 2);
  });

  it('fails one symbol at once or after all attempts, and none of the others', async () => {
    const { service } = bench.join(UNHURRIED);
    bench.exchange.disturb = ({ symbol }) => {
      if (symbol === 'S1USDT') throw new AppError('not-found', 'EXCHANGE.INVALID_SYMBOL', 'unknown');
      if (symbol === 'S2USDT') throw transient();
    };
    const outcomes = await service.ensureHistory(symbolsOf(6), '1m', 10);
    expect(outcomes.get('S1USDT')).toMatchObject({
      kind: 'failed',
      reason: { kind: 'not-found', code: 'EXCHANGE.INVALID_SYMBOL' },
    });
    expect(outcomes.get('S2USDT')).toMatchObject({
      kind: 'failed',
      reason: { code: 'EXCHANGE.SERVER_ERROR' },
    });
    expect([...outcomes.values()].filter((o) => o.kind === 'whole')).toHaveLength(4);
    expect(bench.exchange.callsOf('S1USDT')).toBe(1);
    expect(bench.exchange.callsOf('S2USDT')).toBe(4);
    bench.exchange.disturb = () => undefined;
    const later = await service.ensureHistory(symbolsOf(6), '1m', 10);
    expect(kindsOf(later)).toEqual(['cache', 'fetched']);
  });

  it('serves the old cache, and says so, when the exchange is down', async () => {
    const { service } = bench.join();
    await service.ensureHistory(['S0USDT'], '1m', 100);
    await service.flush();
    bench.clock.advance(30 * MINUTE_MS);
    bench.exchange.disturb = () => {
      throw transient('EXCHANGE.UNREACHABLE');
    };
    const outcomes = await service.ensureHistory(['S0USDT', 'S1USDT'], '1m', 100);
    expect(outcomes.get('S0USDT')).toMatchObject({ kind: 'stale', reason: { code: 'EXCHANGE.UNREACHABLE' } });
    expect(candlesOf(outcomes.get('S0USDT'))).toHaveLength(100);
    expect(outcomes.get('S1USDT')).toMatchObject({ kind: 'failed' });
  });

  it('pauses for the whole of a ban, burns no attempt and repeats no request', async () => {
    const { service } = bench.join({ settings: { attempts: 1 } });
    const answered = new Set<string>();
    let bannedUntil: number | undefined;
    let tooEarly = 0;
    let count = 0;
    bench.exchange.disturb = ({ symbol }) => {
      const now = performance.now();
      if (++count === 20) bannedUntil = now + 1_000;
      if (bannedUntil !== undefined && now < bannedUntil) {
        // 16 jobs were under way when the ban came; the real client would have stopped half of them.
        if (count > 20 + 16) tooEarly++;
        throw transient('EXCHANGE.RATE_LIMITED', bannedUntil - now);
      }
      if (answered.has(symbol)) throw new Error(`${symbol} was asked for twice`);
      answered.add(symbol);
    };
    const outcomes = await service.ensureHistory(symbolsOf(60), '1m', 10);
    expect(kindsOf(outcomes)).toEqual(['fetched']);
    expect(tooEarly).toBe(0);
    expect(performance.now()).toBeGreaterThanOrEqual(bannedUntil!);
  });

  it('goes on where it was when the queue was away for a while, and repeats no request', async () => {
    const { address: shaky, proxy } = await throughProxy(address);
    const away = new QueueBench(shaky);
    try {
      away.exchange.latencyMs = 20;
      const { service } = away.join();
      let done = 0;
      const ask = service.ensureHistory(symbolsOf(100), '1m', 10, { onOutcome: () => done++ });
      await eventually(() => done >= 20);
      proxy.cut();
      expect((await service.queueHealth()).up).toBe(false);
      proxy.restore();
      const outcomes = await ask;
      expect(kindsOf(outcomes)).toEqual(['fetched']);
      expect(away.exchange.calls).toHaveLength(100);
      expect((await service.queueHealth()).up).toBe(true);
    } finally {
      await away.close();
      await shaky.stop();
    }
  });

  it('is at work when the service listens', async () => {
    const { service } = bench.join();
    await service.onApplicationBootstrap();
    expect(service.isWorking).toBe(true);
  });

  it('does not keep the service from listening while the queue is away', async () => {
    const { address: shaky, proxy } = await throughProxy(address);
    const away = new QueueBench(shaky);
    try {
      proxy.cut();
      const { service } = away.join();
      await service.onApplicationBootstrap();
      expect(service.isWorking).toBe(false);
      proxy.restore();
      await eventually(() => service.isWorking);
    } finally {
      await away.close();
      await shaky.stop();
    }
  });

  it('gives up waiting for a worker that never comes', async () => {
    const { service } = bench.join({ options: { worker: false }, settings: { patienceMs: 300 } });
    const outcomes = await service.ensureHistory(symbolsOf(3), '1m', 10);
    expect(outcomes.get('S2USDT')).toMatchObject({ kind: 'failed', reason: { code: 'HISTORY.NO_PROGRESS' } });
  });

  it('resumes after a stop in the middle, and repeats nothing that was written', async () => {
    const first = bench.join();
    bench.exchange.latencyMs = 30;
    const symbols = symbolsOf(80);
    let whole = 0;
    const ask = first.service.ensureHistory(symbols, '1m', 100, {
      onOutcome: (_, o) => (whole += o.kind === 'whole' ? 1 : 0),
    });
    await eventually(() => whole >= 20);
    await first.service.close();
    const stopped = await ask;
    const done = [...stopped.values()].filter((o) => o.kind === 'whole').length;
    expect(done).toBeLessThan(80);
    const callsBefore = bench.exchange.calls.length;
    const second = bench.join();
    const outcomes = await second.service.ensureHistory(symbols, '1m', 100);
    expect([...outcomes.values()].every((o) => o.kind === 'whole')).toBe(true);
    for (const symbol of symbols) expect(candlesOf(outcomes.get(symbol))).toEqual(expected(symbol, 100));
    expect(bench.exchange.calls.length - callsBefore).toBeLessThanOrEqual(80 - done);
  });

  it('stops waiting when told to, and takes its jobs out of the queue', async () => {
    const { service, parts } = bench.join({ options: { worker: false } });
    const stop = new AbortController();
    const ask = service.ensureHistory(symbolsOf(5), '1m', 10, { signal: stop.signal });
    await eventually(async () => (await service.queueHealth()).counts['waiting'] === 5);
    stop.abort();
    expect((await ask).get('S0USDT')).toMatchObject({ kind: 'failed', reason: { code: 'HISTORY.ABORTED' } });
    await eventually(async () => (await service.queueHealth()).counts['waiting'] === 0);
    expect(parts.desk.size).toBe(0);
  });

  it('ends the parent of a run, which keeps the account', async () => {
    const { service, parts } = bench.join(UNHURRIED);
    bench.exchange.disturb = ({ symbol }) => {
      if (symbol === 'S3USDT') throw new AppError('rejected', 'EXCHANGE.REJECTED', 'no');
    };
    let runId = '';
    service.progress.subscribe((progress) => (runId = progress.runId));
    await service.ensureHistory(symbolsOf(4), '1m', 1000);
    const { runs } = await parts.queue.open();
    await eventually(async () => (await (await runs.getJob(runId))?.isCompleted()) === true);
    const run = await runs.getJob(runId);
    expect(run?.returnvalue).toEqual({ whole: 3, failed: 1, requests: 3, weight: 15 });
  });

  it('tells of its progress', async () => {
    const { service } = bench.join(UNHURRIED);
    const seen: string[] = [];
    service.progress.subscribe(({ symbol, outcome, done, total }) =>
      seen.push(`${symbol} ${outcome} ${done}/${total}`),
    );
    await service.ensureHistory(symbolsOf(3), '1m', 10);
    expect(seen.map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      'fetched 1/3',
      'fetched 2/3',
      'fetched 3/3',
    ]);
  });

  it('makes longer intervals of the shorter ones where they reach, and asks for what lies before', async () => {
    const { service } = bench.join({ options: { intervals: ['1m', '5m'] } });
    bench.clock.set(Math.floor(bench.clock.now() / (5 * MINUTE_MS)) * 5 * MINUTE_MS);
    await service.ensureHistory(['S0USDT'], '1m', 1000);
    const before = bench.exchange.calls.length;
    const covered = await service.ensureHistory(['S0USDT'], '5m', 200);
    expect(covered.get('S0USDT')).toMatchObject({ kind: 'whole', origin: 'aggregated', requests: 0 });
    expect(candlesOf(covered.get('S0USDT'))).toHaveLength(200);
    expect(bench.exchange.calls.length).toBe(before);
    const beyond = await service.ensureHistory(['S0USDT'], '5m', 290);
    // 90 candles before the 200: a page below 100, for a weight of 1 instead of 2.
    expect(beyond.get('S0USDT')).toMatchObject({ kind: 'whole', requests: 1, weight: 1 });
    expect(candlesOf(beyond.get('S0USDT'))).toHaveLength(290);
  });

  it('runs 300 symbols in one flow', async () => {
    const { service } = bench.join({ options: { concurrency: 16 } });
    const outcomes = await service.ensureHistory(symbolsOf(300), '1m', 1000);
    expect(kindsOf(outcomes)).toEqual(['fetched']);
    expect(bench.exchange.calls).toHaveLength(300);
    expect(bench.exchange.peak).toBeLessThanOrEqual(16);
    await service.flush();
    expect(bench.store.files.size).toBe(300);
  });

  it('keeps a candle that the exchange lacks out of the series, and does not invent it', async () => {
    const { service } = bench.join();
    const gap = bench.clock.now() - 20 * MINUTE_MS;
    bench.exchange.lacks = (_, openTime) => openTime === gap;
    const outcomes = await service.ensureHistory(['S0USDT'], '1m', 50);
    expect(outcomes.get('S0USDT')).toMatchObject({ kind: 'whole', knownHoles: 1, requests: 3 });
    expect(candlesOf(outcomes.get('S0USDT'))).toEqual(
      expected('S0USDT', 50).filter((c) => c.openTime !== gap),
    );
    await service.flush();
    expect(await service.ensureHistory(['S0USDT'], '1m', 50)).toEqual(
      new Map([['S0USDT', expect.objectContaining({ origin: 'cache', knownHoles: 1 })]]),
    );
    bench.exchange.lacks = () => false;
    bench.clock.advance(5 * MINUTE_MS);
    const healed = await service.ensureHistory(['S0USDT'], '1m', 50);
    expect(healed.get('S0USDT')).toMatchObject({ origin: 'topped-up', weight: 1, knownHoles: 0 });
    expect(candlesOf(healed.get('S0USDT'))).toEqual(expected('S0USDT', 50));
  });

  it('answers live ranges once for all who ask, and persists what it is given', async () => {
    const { service } = bench.join();
    const to = bench.clock.now() - MINUTE_MS;
    const from = to - 9 * MINUTE_MS;
    let failures = 1;
    bench.exchange.disturb = () => {
      if (failures-- > 0) throw transient('EXCHANGE.RATE_LIMITED', 20);
    };
    const [a, b] = await Promise.all([
      service.fetchRange('S0USDT', '1m', from, to + 5 * MINUTE_MS),
      service.fetchRange('S0USDT', '1m', from, to + 5 * MINUTE_MS),
    ]);
    expect(a).toBe(b);
    expect(toCandles(a!)).toEqual(expected('S0USDT', 10));
    expect(bench.exchange.calls).toHaveLength(2);
    await service.persist([{ symbol: 'S0USDT', interval: '1m', columns: a! }]);
    expect(await service.inventory()).toMatchObject([
      { symbol: 'S0USDT', rows: 10, missing: 0, behindMs: 0 },
    ]);
  });
}
