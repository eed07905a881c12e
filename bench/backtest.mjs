/**
 * The backtest's pipeline: candles a second of one process over many symbols, against SMC alone on the same candles in
 * the same run, and what memory does over millions of them. Each measurement has a process of its own.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MEASURE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'support/backtest-measure.mjs');
const BAR = 500_000;
/** Growth of the heap from a fifth of the candles to the end that still counts as flat: trades are kept. */
const FLAT_BYTES = 24 * 1024 * 1024;

export async function backtest({ rounds }) {
  return [speedRow(await measure('speed', rounds)), memoryRow(await measure('memory'))];
}

async function measure(name, argument = '') {
  const words = ['--expose-gc', MEASURE, name, String(argument)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout);
}

function speedRow({ candles, symbols, signals, trades, wallMs, cpuMs, smcMs }) {
  const perSecond = (candles / cpuMs) * 1_000;
  return {
    what: `backtest, ${symbols} symbols through the whole pipeline`,
    figure: `${thousands(perSecond)} candles a second of CPU`,
    bar: `≥ ${thousands(BAR)}`,
    met: perSecond >= BAR,
    detail: `${candles} candles, ${signals} signals, ${trades} trades; by the wall clock ${thousands((candles / wallMs) * 1_000)} a second; ${(cpuMs / smcMs).toFixed(1)} × the CPU of SMC alone`,
  };
}

function memoryRow({ candles, early, late, rss, trades }) {
  const growth = late - early;
  return {
    what: `backtest, memory over ${candles} candles`,
    figure: `heap ${growth < 0 ? '−' : '+'}${megabytes(Math.abs(growth))}`,
    bar: `flat (≤ +${megabytes(FLAT_BYTES)})`,
    met: growth <= FLAT_BYTES,
    detail: `heap at a fifth ${megabytes(early)}, at the end ${megabytes(late)}; peak RSS ${megabytes(rss)}; ${trades} trades`,
  };
}

const thousands = (value) => `${Math.round(value / 1_000)}k`;
const megabytes = (bytes) => `${(bytes / 1_048_576).toFixed(1)} MiB`;
