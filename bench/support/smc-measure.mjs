/**
 * One measurement of the SMC engine in a process of its own: `node --expose-gc smc-measure.mjs NAME [rounds]` prints JSON.
 * Candles are made before the clock starts; what is timed is the engine alone.
 */
import { createRequire } from 'node:module';
import { median, percentile } from './statistics.mjs';

const require = createRequire(import.meta.url);
const { createGeneratedMarket } = require('../../dist/libs/emulator/src/index.js');
const { allocateColumns, sliceColumns, toCandles } = require('../../dist/libs/domain/src/index.js');
const { SmcEngine, ...indicators } = require('../../dist/libs/smc/src/index.js');

const MINUTE_MS = 60_000;
const NOW = Date.UTC(2026, 0, 1);
const SYMBOLS = 300;
const CANDLES = 1_000;
const LONG = 1_000_000;
const CHUNK = 10_000;
/** After so many candles memory should have reached its size. */
const SETTLED = 100_000;

/** 300 × 1000 candles, as a warm-up takes them (columns) and one by one (candles). */
function series(rounds) {
  const columns = generatedSeries();
  const candles = columns.map(toCandles);
  const warmUp = [];
  const steps = [];
  let events = 0;
  for (let round = 0; round < Number(rounds); round++) {
    events = 0;
    warmUp.push(elapsed(() => columns.forEach((each) => new SmcEngine().warmUp(each, () => events++))));
    steps.push(
      elapsed(() => {
        for (const each of candles) {
          const engine = new SmcEngine();
          for (const candle of each) engine.step(candle);
        }
      }),
    );
  }
  return {
    candles: SYMBOLS * CANDLES,
    events,
    firstMs: warmUp[0],
    fastestMs: Math.min(...warmUp),
    warmUpMs: median(warmUp),
    stepMs: median(steps),
  };
}

/** Each step by the clock: all symbols' candles of a minute, then those of the next, as they come from the exchange. */
function steps() {
  const candles = generatedSeries().map(toCandles);
  const engines = candles.map(() => new SmcEngine());
  const times = new Float64Array((SYMBOLS * CANDLES) / 2);
  let count = 0;
  for (let minute = 0; minute < CANDLES; minute++) {
    for (let symbol = 0; symbol < SYMBOLS; symbol++) {
      const from = performance.now();
      engines[symbol].step(candles[symbol][minute]);
      const took = performance.now() - from;
      if (minute >= CANDLES / 2) times[count++] = took * 1_000;
    }
  }
  times.sort();
  return {
    count,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    p999: percentile(times, 0.999),
    max: times.at(-1),
  };
}

/** A million candles of one symbol: time, heap and snapshot early and late. */
function long(kind) {
  const { from, chunkAt } = LONG_INPUTS[kind]();
  fillTimeZones(from, from + LONG * MINUTE_MS);
  const engine = new SmcEngine();
  let ms = 0;
  let events = 0;
  const seen = [];
  for (let start = 0; start < LONG; start += CHUNK) {
    const chunk = chunkAt(start);
    ms += elapsed(() => engine.warmUp(chunk, () => events++));
    if (start + CHUNK === SETTLED || start + CHUNK === LONG) seen.push(sizeOf(engine));
  }
  return { candles: LONG, events, ms, early: seen[0], late: seen[1] };
}

/** What all engines share of the daylight saving of days (bounded): here it is the engine's own memory that counts. */
function fillTimeZones(from, to) {
  const scout = new SmcEngine();
  for (let openTime = from; openTime <= to; openTime += 6 * 60 * MINUTE_MS) {
    scout.step({ openTime, open: 1, high: 1, low: 1, close: 1, volume: 1 });
  }
}

function sizeOf(engine) {
  globalThis.gc();
  return { heap: process.memoryUsage().heapUsed, snapshot: JSON.stringify(engine.snapshot()).length };
}

/** 600 engines, each after 1000 candles, as JSON and back. */
function snapshots(rounds) {
  const columns = generatedSeries();
  const engines = [...columns, ...columns].map((each) => {
    const engine = new SmcEngine();
    engine.warmUp(each);
    return engine;
  });
  const data = [];
  const text = [];
  const back = [];
  let bytes = 0;
  for (let round = 0; round < Number(rounds); round++) {
    data.push(elapsed(() => engines.forEach((engine) => engine.snapshot())));
    let texts;
    text.push(elapsed(() => (texts = engines.map((engine) => JSON.stringify(engine.snapshot())))));
    back.push(elapsed(() => texts.forEach((each) => SmcEngine.restore(JSON.parse(each)))));
    bytes = texts.reduce((sum, each) => sum + each.length, 0);
  }
  return {
    engines: engines.length,
    bytes,
    dataMs: median(data),
    textMs: median(text),
    restoreMs: median(back),
  };
}

/** All derived indicators on 300 × 1000 candles. */
function derived(rounds) {
  const candles = generatedSeries().map(toCandles);
  const { Adx, Atr, BollingerBands, Ema, Macd, RelativeVolume, RollingVwap, Rsi, SessionVwap } = indicators;
  const times = Array.from({ length: Number(rounds) }, () =>
    elapsed(() => {
      for (const each of candles) {
        const byCandle = [new Adx(), new Atr(), new SessionVwap(), new RollingVwap(60)];
        const byClose = [new BollingerBands(), new Ema(20), new Macd(), new Rsi()];
        const byVolume = new RelativeVolume();
        for (const candle of each) {
          for (const indicator of byCandle) indicator.step(candle);
          for (const indicator of byClose) indicator.step(candle.close);
          byVolume.step(candle.volume);
        }
      }
    }),
  );
  return { candles: SYMBOLS * CANDLES, indicators: 9, ms: median(times) };
}

/** Candles of the emulator's generated markets: volatility, tick grids and volumes as real ones have them. */
function generatedSeries() {
  const market = createGeneratedMarket({ seed: 1, symbols: SYMBOLS, churn: false });
  const from = NOW - CANDLES * MINUTE_MS;
  return market
    .listed(NOW)
    .filter(({ onboardDate }) => onboardDate <= from)
    .slice(0, SYMBOLS)
    .map(({ symbol }) => generated(market, symbol, from, CANDLES));
}

function generated(market, symbol, from, count) {
  const range = { from, to: from + (count - 1) * MINUTE_MS, limit: count, fromEnd: false };
  const rows = market.klines(symbol, '1m', range, NOW);
  const columns = allocateColumns(rows.length);
  rows.forEach((row, i) => {
    columns.openTime[i] = row.openTime;
    for (const field of ['open', 'high', 'low', 'close', 'volume']) columns[field][i] = Number(row[field]);
  });
  return columns;
}

/** Each makes the chunk that begins with the given candle. */
const LONG_INPUTS = {
  'real-like': () => {
    const market = createGeneratedMarket({ seed: 1, symbols: 1, churn: false });
    const from = NOW - LONG * MINUTE_MS;
    return { from, chunkAt: (start) => generated(market, 'BTCUSDT', from + start * MINUTE_MS, CHUNK) };
  },
  monotone: () => made((i) => 1_000 + i / 100, 0.02),
  sawtooth: () => made((i) => 1_000 + (i % 120 < 60 ? i % 60 : 60 - (i % 60)), 0.5),
  flat: () => made(() => 1_000, 0),
};

/** @param spread how far the wicks go beyond open and close */
function made(priceAt, spread) {
  const columns = allocateColumns(CHUNK);
  const chunkAt = (start) => {
    for (let i = 0; i < CHUNK; i++) {
      const [open, close] = [priceAt(start + i), priceAt(start + i + 1)];
      columns.openTime[i] = NOW + (start + i) * MINUTE_MS;
      columns.open[i] = open;
      columns.close[i] = close;
      columns.high[i] = Math.max(open, close) + spread;
      columns.low[i] = Math.min(open, close) - spread;
      columns.volume[i] = 1 + (i % 100);
    }
    return sliceColumns(columns, 0);
  };
  return { from: NOW, chunkAt };
}

function elapsed(work) {
  const from = performance.now();
  work();
  return performance.now() - from;
}

const MEASUREMENTS = { series, steps, long, snapshots, derived };
const [name, argument] = process.argv.slice(2);
console.log(JSON.stringify(MEASUREMENTS[name](argument)));
