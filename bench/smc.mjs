/**
 * The SMC engine: 300 × 1000 candles through all detectors, the time of single steps, a million candles of one symbol,
 * snapshots of 600 engines, and the indicators. Each measurement has a process of its own.
 *
 * The Python figure is quoted from a measurement of `smartmoneyconcepts` 0.0.27 on a machine of this kind (its eight
 * functions over 300 series of 1000 candles, median); nothing of it is run here.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const QUOTED_PYTHON_MS = 17_400;
const MEASURE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'support/smc-measure.mjs');
const LONG_INPUTS = ['monotone', 'sawtooth', 'flat', 'real-like'];
/** Growth of the heap from candle 100,000 to candle 1,000,000 that still counts as flat. */
const FLAT_BYTES = 512 * 1024;

export async function smc({ rounds }) {
  const rows = [
    seriesRow(await measure('series', rounds)),
    stepsRow(await measure('steps')),
    snapshotsRow(await measure('snapshots', rounds)),
  ];
  for (const kind of LONG_INPUTS) rows.push(longRow(kind, await measure('long', kind)));
  rows.push(derivedRow(await measure('derived', rounds)));
  return rows;
}

async function measure(name, argument = '') {
  const words = ['--expose-gc', MEASURE, name, String(argument)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout);
}

function seriesRow({ candles, events, firstMs, fastestMs, warmUpMs, stepMs }) {
  const ratio = QUOTED_PYTHON_MS / warmUpMs;
  return {
    what: 'SMC, 300 × 1000 candles through all detectors',
    figure: `${warmUpMs.toFixed(0)} ms, ${microseconds(warmUpMs, candles)} a candle`,
    bar: '≤ 1 µs; ≥ 100 × as fast as 17.4 s',
    met: warmUpMs * 1_000 <= candles && ratio >= 100,
    detail: `${ratio.toFixed(0)} × the 17.4 s quoted for Python (not run here); by step() ${stepMs.toFixed(0)} ms; first round ${firstMs.toFixed(0)}, fastest ${fastestMs.toFixed(0)} ms; ${events} events`,
  };
}

function stepsRow({ count, p50, p99, p999, max }) {
  return {
    what: 'SMC, one step, 300 symbols in turn',
    figure: `p99 ${p99.toFixed(1)} µs`,
    bar: '≤ 20 µs',
    met: p99 <= 20,
    detail: `p50 ${p50.toFixed(2)}, p99.9 ${p999.toFixed(1)}, max ${max.toFixed(0)} µs of ${count} steps, the clock's own cost included`,
  };
}

function snapshotsRow({ engines, bytes, dataMs, textMs, restoreMs }) {
  return {
    what: `SMC, snapshot of ${engines} engines as JSON text`,
    figure: `${textMs.toFixed(0)} ms`,
    bar: '≤ 200 ms',
    met: textMs <= 200,
    detail: `${dataMs.toFixed(0)} ms of it for the data; restored in ${restoreMs.toFixed(0)} ms; ${kilobytes(bytes / engines)} each`,
  };
}

function longRow(kind, { candles, events, ms, early, late }) {
  const growth = late.heap - early.heap;
  return {
    what: `SMC, 1,000,000 candles, ${kind}`,
    figure: `${microseconds(ms, candles)} a candle, heap ${growth < 0 ? '−' : '+'}${kilobytes(Math.abs(growth))}`,
    bar: `heap flat (≤ +${kilobytes(FLAT_BYTES)})`,
    met: growth <= FLAT_BYTES,
    detail: `heap at candle 100,000 ${megabytes(early.heap)}, at the end ${megabytes(late.heap)}; snapshot ${kilobytes(early.snapshot)}, ${kilobytes(late.snapshot)}; ${events} events`,
  };
}

function derivedRow({ candles, indicators, ms }) {
  return {
    what: `${indicators} indicators, 300 × 1000 candles`,
    figure: `${microseconds(ms, candles)} a candle for all of them`,
    bar: '–',
    met: '–',
    detail: `${ms.toFixed(0)} ms`,
  };
}

const microseconds = (ms, candles) => `${((ms * 1_000) / candles).toFixed(2)} µs`;
const kilobytes = (bytes) => `${(bytes / 1_024).toFixed(0)} KiB`;
const megabytes = (bytes) => `${(bytes / 1_048_576).toFixed(1)} MiB`;
