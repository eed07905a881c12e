/**
 * The backtest's pipeline: candles a second of one process over many symbols, without learning and with, against SMC alone
 * on the same candles in the same run, what memory does over millions of them, and a backtester of others beside it. Each
 * measurement has a process of its own; two rounds warm it up.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const MEASURE = path.join(HERE, 'support/backtest-measure.mjs');
const PEERS = path.join(HERE, 'peers');
const BAR = 500_000;
const LEARNING_BAR = 200_000;
/** Growth of the heap from a fifth of the candles to the end that still counts as flat: trades are kept. */
const FLAT_BYTES = 24 * 1024 * 1024;

/** @param folder of recorded candles of a minute, to be measured beside those that are made */
export async function backtest({ rounds, folder }) {
  const plain = await measure('speed', rounds);
  return [
    ...(await speedRows('', plain, rounds)),
    ...(folder === undefined
      ? []
      : await speedRows(' as recorded', await measure('speed', rounds, '', folder), rounds, folder)),
    memoryRow('', await measure('memory')),
    memoryRow(', learning on the way', await measure('memory', 'learning')),
    await peerRow(plain),
  ];
}

async function speedRows(what, plain, rounds, ...folder) {
  const learning = await measure('speed', rounds, 'learning', ...folder);
  const smc = await measure('smc', rounds, ...folder);
  return [
    speedRow(what, plain, smc, BAR),
    speedRow(`${what}, learning on the way`, learning, smc, LEARNING_BAR),
  ];
}

async function measure(...words) {
  const { stdout } = await run(process.execPath, ['--expose-gc', MEASURE, ...words.map(String)]);
  return JSON.parse(stdout);
}

const run = promisify(execFile);

function speedRow(what, measured, smc, bar) {
  const { candles, symbols, signals, trades, trainings, wallMs, cpuMs, coldMs, decisionsHash } = measured;
  const perSecond = perSecondOf(measured);
  const cold = thousands((candles / coldMs) * 1_000);
  const trained = trainings > 0 ? `, ${trainings} trainings` : '';
  return {
    what: `backtest, ${symbols} symbols${what}`,
    figure: `${thousands(perSecond)} candles a second of CPU`,
    bar: `≥ ${thousands(bar)}`,
    met: perSecond >= bar,
    detail: `${candles} candles, ${signals} signals, ${trades} trades${trained}; by the wall clock ${thousands((candles / wallMs) * 1_000)} a second, ${cold} of CPU when the process is new; ${(cpuMs / smc.cpuMs).toFixed(1)} × the CPU of SMC alone; decisions ${decisionsHash.slice(0, 12)}`,
  };
}

function memoryRow(how, { candles, early, late, rss, trades, trainings }) {
  const growth = late - early;
  const trained = trainings > 0 ? `, ${trainings} trainings` : '';
  return {
    what: `backtest, memory over ${candles} candles${how}`,
    figure: `heap ${growth < 0 ? '−' : '+'}${megabytes(Math.abs(growth))}`,
    bar: `flat (≤ +${megabytes(FLAT_BYTES)})`,
    met: growth <= FLAT_BYTES,
    detail: `heap at a fifth ${megabytes(early)}, at the end ${megabytes(late)}; peak RSS ${megabytes(rss)}; ${trades} trades${trained}`,
  };
}

/** One simple strategy on one symbol, where ours detects structure, judges risk and keeps a portfolio. */
async function peerRow(ours) {
  const what = 'backtest, beside grademark on the same candles';
  if (!existsSync(path.join(PEERS, 'node_modules/grademark'))) {
    return { what, figure: 'not installed', bar: '', met: '', detail: 'npm --prefix bench/peers ci' };
  }
  const { stdout } = await run(process.execPath, [path.join(PEERS, 'grademark.mjs')]);
  const theirs = JSON.parse(stdout);
  return {
    what,
    figure: `${(perSecondOf(ours) / perSecondOf(theirs)).toFixed(1)} × its candles a second`,
    bar: '',
    met: '',
    detail: `grademark ${thousands(perSecondOf(theirs))} a second with a break-out of one symbol, ${theirs.trades} trades of ${theirs.candles} candles`,
  };
}

const perSecondOf = ({ candles, cpuMs }) => (candles / cpuMs) * 1_000;
const thousands = (value) => `${Math.round(value / 1_000)}k`;
const megabytes = (bytes) => `${(bytes / 1_048_576).toFixed(1)} MiB`;
