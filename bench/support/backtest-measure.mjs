/** One measurement of the backtest in a process of its own: `node --expose-gc backtest-measure.mjs speed|memory …`. */
import { createRequire } from 'node:module';
import { BATCH, batches, SYMBOLS } from './backtest-candles.mjs';
import { median } from './statistics.mjs';

const require = createRequire(import.meta.url);
const { runBacktest } = require('../../dist/libs/backtest/src/index.js');
const { SmcEngine } = require('../../dist/libs/smc/src/index.js');

const CANDLES = 50_000;
const LONG = 5_000_000;
const LONG_SYMBOLS = 5;

/** @returns figures of the median round by CPU time */
async function speed(rounds, learning) {
  const learn = learnOf(learning);
  const files = new Map(SYMBOLS.map((symbol) => [symbol, [...batches(symbol, CANDLES)]]));
  const smc = [];
  const runs = [];
  for (let round = 0; round < Number(rounds); round++) {
    smc.push(cpuMsOf(() => smcAlone(files)));
    const from = process.cpuUsage();
    const result = await runBacktest({
      ...optionsOf([...files.keys()]),
      learn,
      read: (file) => fromMemory(files.get(file)),
    });
    runs.push({ result, cpuMs: cpuMsSince(from) });
  }
  const { result } = runs[0];
  return {
    candles: result.candles,
    symbols: SYMBOLS.length,
    signals: result.signals,
    trades: result.trades.length,
    trainings: result.learning?.trainings.length ?? 0,
    decisionsHash: result.decisionsHash,
    wallMs: median(runs.map((run) => run.result.seconds * 1_000)),
    cpuMs: median(runs.map((run) => run.cpuMs)),
    smcMs: median(smc),
  };
}

/** Symbols in turn, candle by candle, as the backtest walks them. */
function smcAlone(files) {
  const tracks = [...files.values()].map((list) => ({ list, engine: new SmcEngine() }));
  const candle = { openTime: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  for (let at = 0; at < CANDLES; at++) {
    for (const { list, engine } of tracks) {
      const { columns } = list[Math.floor(at / BATCH)];
      for (const field of Object.keys(candle)) candle[field] = columns[field][at % BATCH];
      engine.step(candle);
    }
  }
}

async function memory(learning) {
  const sizes = [];
  let due = LONG / 5;
  const names = SYMBOLS.slice(0, LONG_SYMBOLS);
  const result = await runBacktest({
    ...optionsOf(names),
    learn: learnOf(learning),
    read: (file) => fromMemory(batches(file, LONG / LONG_SYMBOLS)),
    onProgress: (candles) => {
      if (candles < due) return;
      due += LONG / 5;
      globalThis.gc();
      sizes.push(process.memoryUsage().heapUsed);
    },
  });
  return {
    candles: result.candles,
    trades: result.trades.length,
    trainings: result.learning?.trainings.length ?? 0,
    early: sizes[0],
    late: sizes.at(-1),
    rss: process.resourceUsage().maxRSS * 1_024,
  };
}

function optionsOf(names) {
  return {
    recordings: names.map((symbol) => ({ symbol, files: [symbol], fundingFiles: [] })),
    interval: '1m',
    charts: 0,
  };
}

const learnOf = (learning) => (learning === 'learning' ? { seed: 1 } : undefined);

async function* fromMemory(list) {
  for (const batch of list) yield batch;
}

function cpuMsOf(work) {
  const from = process.cpuUsage();
  work();
  return cpuMsSince(from);
}

function cpuMsSince(from) {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000;
}

const MEASUREMENTS = { speed, memory };
const [name, ...words] = process.argv.slice(2);
console.log(JSON.stringify(await MEASUREMENTS[name](...words)));
