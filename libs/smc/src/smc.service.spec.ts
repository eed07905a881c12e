import { Logger } from '@nestjs/common';
import { type Candle, columnsOf, EMPTY_COLUMNS } from '@slt/domain';
import { SmcEngine } from './core/smc-engine';
import type { SmcEvent } from './core/smc-event';
import { walk } from './core/spec-candles';
import { SmcService } from './smc.service';

const SYMBOL = '龙虾USDT';
const CANDLES = walk(7, 700);
const HISTORY = CANDLES.slice(0, 500);
const LATER = CANDLES.slice(500);

function engineOver(candles: readonly Candle[], intervalMs = 60_000): SmcEngine {
  const engine = new SmcEngine({ intervalMs });
  engine.warmUp(columnsOf(candles));
  return engine;
}

/** What no parser would let through: a high below its low. */
const unsound = (candle: Candle): Candle => ({ ...candle, high: candle.low - 1 });

/** Breaks whoever looks into it, in a way that no engine foresees. */
function explosive(candle: Candle): Candle {
  return {
    ...candle,
    get high(): number {
      throw new RangeError('out of memory');
    },
  };
}

describe('SMC service', () => {
  let smc: SmcService;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => (smc = new SmcService()));

  it('warms an engine up and steps it as the engine itself would', () => {
    smc.load(SYMBOL, '1m', columnsOf(HISTORY));
    expect(smc.view(SYMBOL, '1m')).toEqual(engineOver(HISTORY).view());
    const engine = engineOver(HISTORY);
    for (const candle of LATER) expect(smc.step(SYMBOL, '1m', candle)).toEqual(engine.step(candle));
    expect(smc.view(SYMBOL, '1m')).toEqual(engineOver(CANDLES).view());
    expect(smc.lastOpenTime(SYMBOL, '1m')).toBe(CANDLES.at(-1)!.openTime);
  });

  it('tells what the end of a history proved, as single steps would have, until the second step after it', () => {
    const engine = engineOver(HISTORY.slice(0, -32));
    const proved = HISTORY.slice(-32).flatMap((candle) => engine.step(candle));
    expect(proved.length).toBeGreaterThan(0);
    smc.load(SYMBOL, '1m', columnsOf(HISTORY));
    expect(smc.recent(SYMBOL, '1m')).toEqual(proved);
    smc.step(SYMBOL, '1m', LATER[0]!);
    expect(smc.recent(SYMBOL, '1m')).toEqual(proved);
    smc.step(SYMBOL, '1m', LATER[1]!);
    expect(smc.recent(SYMBOL, '1m')).toEqual([]);
    smc.load(
      SYMBOL,
      '1m',
      columnsOf([...HISTORY.slice(0, 480), unsound(HISTORY[480]!), ...HISTORY.slice(481)]),
    );
    const holed = engineOver(HISTORY.slice(0, 468));
    const sound = [...HISTORY.slice(468, 480), ...HISTORY.slice(481)];
    expect(smc.recent(SYMBOL, '1m')).toEqual(sound.flatMap((candle) => holed.step(candle)));
    smc.load(SYMBOL, '1m', columnsOf(HISTORY.slice(0, 2)));
    expect(smc.recent(SYMBOL, '1m').length).toBeLessThan(proved.length);
    smc.forget(SYMBOL);
    expect(smc.recent(SYMBOL, '1m')).toEqual([]);
  });

  it('counts the events of steps by kind, and none of a warm-up', () => {
    smc.load(SYMBOL, '1m', columnsOf(HISTORY));
    expect(Object.values(smc.totals().events).every((count) => count === 0)).toBe(true);
    expect(smc.stepTimes()).toBeUndefined();
    const events = LATER.flatMap((candle): readonly SmcEvent[] => smc.step(SYMBOL, '1m', candle));
    const counted: Record<string, number> = {};
    for (const { kind } of events) counted[kind] = (counted[kind] ?? 0) + 1;
    expect(smc.totals()).toMatchObject({ events: counted, refused: 0, lost: 0 });
    const { p50, p99, max } = smc.stepTimes(true)!;
    expect(p50).toBeGreaterThan(0);
    expect(p99).toBeGreaterThanOrEqual(p50);
    expect(max).toBeGreaterThan(0);
    expect(smc.stepTimes()).toBeUndefined();
  });

  it('keeps symbols and intervals apart', () => {
    const hours = walk(8, 300, { intervalMs: 3_600_000 });
    smc.load(SYMBOL, '1m', columnsOf(HISTORY));
    smc.load(SYMBOL, '1h', columnsOf(hours));
    smc.load('BTCUSDT', '1m', columnsOf(CANDLES));
    expect(smc.view(SYMBOL, '1h')).toEqual(engineOver(hours, 3_600_000).view());
    smc.forget(SYMBOL);
    expect([smc.has(SYMBOL, '1m'), smc.has(SYMBOL, '1h'), smc.has('BTCUSDT', '1m')]).toEqual([
      false,
      false,
      true,
    ]);
    smc.forgetAll();
    expect(smc.has('BTCUSDT', '1m')).toBe(false);
  });

  it('begins anew when the past was rewritten', () => {
    smc.load(SYMBOL, '1m', columnsOf(HISTORY));
    const rewritten = HISTORY.filter((_, i) => i !== 123);
    smc.load(SYMBOL, '1m', columnsOf(rewritten));
    expect(smc.view(SYMBOL, '1m')).toEqual(engineOver(rewritten).view());
  });

  it('begins with nothing where there is no history yet', () => {
    smc.load(SYMBOL, '1m', EMPTY_COLUMNS);
    expect(smc.lastOpenTime(SYMBOL, '1m')).toBeUndefined();
    smc.step(SYMBOL, '1m', CANDLES[0]!);
    expect(smc.view(SYMBOL, '1m')).toMatchObject({ candles: 1, lastOpenTime: CANDLES[0]!.openTime });
  });

  it('does nothing with a series that was never loaded', () => {
    expect(smc.step(SYMBOL, '1m', CANDLES[0]!)).toEqual([]);
    expect(smc.view(SYMBOL, '1m')).toBeUndefined();
  });

  it('takes no candle twice', () => {
    smc.load(SYMBOL, '1m', columnsOf(HISTORY));
    expect(smc.step(SYMBOL, '1m', HISTORY.at(-1)!)).toEqual([]);
    expect(smc.view(SYMBOL, '1m')).toEqual(engineOver(HISTORY).view());
  });

  it('passes over a candle that is not sound, streamed or in the history', () => {
    const sound = CANDLES.filter((_, i) => i !== 100 && i !== 600);
    smc.load(SYMBOL, '1m', columnsOf(HISTORY.map((candle, i) => (i === 100 ? unsound(candle) : candle))));
    LATER.forEach((candle, i) => smc.step(SYMBOL, '1m', i === 100 ? unsound(candle) : candle));
    expect(smc.view(SYMBOL, '1m')).toEqual(engineOver(sound).view());
    expect(smc.totals()).toMatchObject({ refused: 2, lost: 0 });
  });

  it('lets an engine go that failed, and never throws', () => {
    smc.load(SYMBOL, '1m', columnsOf(HISTORY));
    expect(smc.step(SYMBOL, '1m', explosive(LATER[0]!))).toEqual([]);
    expect(smc.has(SYMBOL, '1m')).toBe(false);
    expect(smc.totals()).toMatchObject({ refused: 0, lost: 1 });
    smc.load(SYMBOL, '1m', columnsOf(CANDLES));
    expect(smc.view(SYMBOL, '1m')).toEqual(engineOver(CANDLES).view());
  });

  it('makes an engine when it is prepared or needed, and forgets one that never was', () => {
    const smc = new SmcService();
    for (const symbol of ['A', 'B', 'C']) smc.load(symbol, '1m', columnsOf(HISTORY));
    smc.forget('C');
    expect(['A', 'B', 'C'].map((symbol) => smc.has(symbol, '1m'))).toEqual([true, true, false]);
    smc.prepare(1);
    smc.prepare(5);
    const engine = new SmcEngine();
    engine.warmUp(columnsOf(HISTORY));
    for (const symbol of ['A', 'B']) expect(smc.view(symbol, '1m')).toEqual(engine.view());
    expect(smc.view('C', '1m')).toBeUndefined();
    expect(smc.totals()).toMatchObject({ refused: 0, lost: 0 });
  });
});
