/** One trade at a time, reckoned by hand; then what holds of all of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Candle, isAppError, MINUTE_MS } from '@slt/domain';
import type { ScoreInput } from '@slt/trading';
import { cents, FLAT, run, sure, T0, TICK, walk } from './testing/spec-market';

type Bar = readonly [open: number, high: number, low: number, close: number];

interface Scene {
  readonly before: readonly Candle[];
  /** As the set-up saw it, on a long. */
  readonly seen: Pick<ScoreInput, 'entry' | 'stop' | 'target'>;
}

const BALANCE = 10_000;
const LONG_SCENE = firstLong();

/** Candles whose very last one makes the first signal of all, a long. */
async function firstLong(): Promise<Scene> {
  for (let seed = 1; ; seed++) {
    const candles = walk(seed, 1_500);
    const seen: ScoreInput[] = [];
    const scorer = (input: ScoreInput) => {
      seen.push(input);
      return { confidence: 0.7, parts: {} };
    };
    const { decisions } = await run({ AUSDT: candles }, { scorer });
    const first = decisions[0];
    const second = decisions[1];
    if (first?.signal.direction !== 'long' || second?.signal.at === first.signal.at) continue;
    const before = candles.filter(({ openTime }) => openTime < first.signal.at);
    return { before, seen: seen[0]! };
  }
}

async function after(bars: (scene: Scene) => readonly Bar[], options: Parameters<typeof run>[1] = {}) {
  const scene = await LONG_SCENE;
  const next = scene.before.length;
  const candles = bars(scene).map(([open, high, low, close], i) => ({
    openTime: T0 + (next + i) * MINUTE_MS,
    open: cents(open),
    high: cents(high),
    low: cents(low),
    close: cents(close),
    volume: 500,
  }));
  const result = await run({ AUSDT: [...scene.before, ...candles] }, { paper: FLAT, ...options });
  return { ...result, scene, opened: T0 + next * MINUTE_MS };
}

const flat = (price: number): Bar => [price, price, price, price];
/** Where a stop or target of the plan stands: on the tick, downwards of a long. */
const onTick = (price: number): number => Math.floor(price * 100 + 1e-6) / 100;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slt-backtest-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a backtest', () => {
  it('enters at the open after the signal and leaves at the target', async () => {
    const { trades, scene, opened, decisions } = await after(({ seen: { entry, target } }) => [
      [entry + 0.02, entry + 0.05, entry, entry + 0.03],
      [entry + 0.03, target + 0.5, entry, target],
    ]);
    expect(decisions[0]).toMatchObject({ decision: { decision: 'traded', reasons: [] } });
    const [trade] = trades;
    const target = onTick(scene.seen.target);
    const entryPrice = cents(scene.seen.entry + 0.02 + TICK);
    expect(trade).toMatchObject({
      symbol: 'AUSDT',
      direction: 'long',
      entryTime: opened,
      exitTime: opened + 2 * MINUTE_MS - 1,
      exitReason: 'target',
      entryPrice: String(entryPrice),
      // Triggered by the touch, sold one tick below.
      exitPrice: String(cents(target - TICK)),
      funding: '0',
    });
    const quantity = Number(trade!.quantity);
    const fees = 0.0005 * quantity * (entryPrice + target - TICK);
    const net = quantity * (target - TICK - entryPrice) - fees;
    expect(Number(trade!.fees)).toBeCloseTo(fees, 6);
    expect(Number(trade!.netPnl)).toBeCloseTo(net, 6);
    // R is measured from the price that the signal was decided at.
    expect(trade!.r).toBeCloseTo(net / (quantity * (cents(scene.seen.entry) - onTick(scene.seen.stop))), 6);
  });

  it('sizes by the risk of its tier, or by the margin that a position may take', async () => {
    const { trades, scene } = await after(({ seen: { entry } }) => [flat(entry)]);
    const { entry, stop } = scene.seen;
    // 1 % of equity at the stop with 0.07 % of costs each way; at most 10 % × 5 × equity.
    const byRisk = (0.01 * BALANCE) / (entry - stop + 0.0007 * (entry + stop));
    const byMargin = (0.1 * BALANCE * 5) / entry;
    expect(Number(trades[0]!.quantity)).toBe(Math.floor(Math.min(byRisk, byMargin)));
  });

  it('takes the stop where a candle touches both', async () => {
    const { trades, scene } = await after(({ seen: { entry, stop, target } }) => [
      flat(entry),
      [entry, target + 0.5, stop - 0.5, target],
    ]);
    expect(trades[0]).toMatchObject({
      exitReason: 'stop',
      exitPrice: String(cents(onTick(scene.seen.stop) - TICK)),
    });
  });

  it('takes the stop in the very candle that it entered at', async () => {
    const { trades, opened } = await after(({ seen: { entry, stop, target } }) => [
      [entry, target + 0.5, stop - 0.5, entry],
    ]);
    expect(trades[0]).toMatchObject({
      exitReason: 'stop',
      entryTime: opened,
      exitTime: opened + MINUTE_MS - 1,
    });
  });

  it('leaves at the open where that has passed the stop', async () => {
    const { trades, scene } = await after(({ seen: { entry, stop } }) => [flat(entry), flat(stop - 1)]);
    expect(trades[0]).toMatchObject({
      exitReason: 'stop',
      exitPrice: String(cents(cents(scene.seen.stop - 1) - TICK)),
    });
  });

  it('does not run after a price that has left', async () => {
    const { trades, retractions, traded, decisions, signals } = await after(({ seen: { entry, stop } }) => [
      flat(entry + 0.6 * (entry - stop)),
    ]);
    expect(trades).toEqual([]);
    expect(retractions).toEqual([{ signalId: decisions[0]!.signal.id, reason: 'ENTRY_NOT_FILLED' }]);
    expect([signals, traded]).toEqual([1, 0]);
  });

  it('leaves what goes nowhere, at the open after half an hour', async () => {
    const { trades, opened } = await after(({ seen: { entry } }) =>
      Array.from({ length: 40 }, () => flat(entry)),
    );
    expect(trades[0]).toMatchObject({ exitReason: 'stagnation', exitTime: opened + 30 * MINUTE_MS });
  });

  it('closes at the last price what is still held at the end', async () => {
    const { trades, opened, scene } = await after(({ seen: { entry } }) => [flat(entry), flat(entry + 0.1)]);
    expect(trades[0]).toMatchObject({
      exitReason: 'flatten',
      exitTime: opened + 2 * MINUTE_MS,
      exitPrice: String(cents(cents(scene.seen.entry + 0.1) - TICK)),
    });
  });

  it('pays funding for what is held at the instant, at the price of then', async () => {
    const scene = await LONG_SCENE;
    const at = T0 + (scene.before.length + 2) * MINUTE_MS;
    const { trades } = await after(({ seen: { entry } }) => [flat(entry), flat(entry + 0.1), flat(entry)], {
      recordings: [{ symbol: 'AUSDT', files: ['AUSDT'], fundingFiles: [fundingFile(at + 7, 0.002)] }],
    });
    const paid = Number(trades[0]!.quantity) * cents(scene.seen.entry + 0.1) * 0.002;
    expect(Number(trades[0]!.funding)).toBeCloseTo(-paid, 6);
  });

  it('pays none at the instant that it enters', async () => {
    const scene = await LONG_SCENE;
    const { trades } = await after(({ seen: { entry } }) => [flat(entry), flat(entry)], {
      recordings: [
        {
          symbol: 'AUSDT',
          files: ['AUSDT'],
          fundingFiles: [fundingFile(T0 + scene.before.length * MINUTE_MS, 0.002)],
        },
      ],
    });
    expect(trades[0]!.funding).toBe('0');
  });

  it('trades nothing below the first tier of confidence', async () => {
    const { trades, refusals, signals } = await after(() => [], { scorer: sure(0.59) });
    expect(trades).toEqual([]);
    expect(signals).toBe(1);
    expect(refusals).toEqual({ CONFIDENCE_TOO_LOW: 1 });
  });

  it('says which candle is none', async () => {
    const candles = walk(1, 50).map((candle, i) => (i === 30 ? { ...candle, high: candle.low - 1 } : candle));
    await expect(run({ AUSDT: candles })).rejects.toMatchObject({
      code: 'CANDLES.ROW',
      message: expect.stringMatching(/^AUSDT: row 31: /) as string,
    });
    const twice = [...walk(1, 50), walk(1, 50)[49]!];
    await expect(run({ AUSDT: twice })).rejects.toThrow(/AUSDT: row 51: .* twice/);
  });

  it('says that there is nothing in the span', async () => {
    const failure = run({ AUSDT: walk(1, 50) }, { from: T0 + 1e9 }).catch((error: unknown) => error);
    expect(isAppError(await failure, 'BACKTEST.NO_CANDLES')).toBe(true);
  });
});

function fundingFile(at: number, rate: number): string {
  const file = path.join(folder, `AUSDT_funding-${at}.csv`);
  writeFileSync(file, `timestamp,funding_rate\n${at},${rate}\n`);
  return file;
}
