/** One generated market after the other, as they are asked for: a worker thread of `learning.mjs`. */
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const { flipRun, nullRun, plantedRun } = require('../dist/libs/backtest/src/testing/worlds/index.js');

const RUNS = { null: nullRun, planted: plantedRun, flip: flipRun };

parentPort.on('message', async ({ run, options }) => {
  try {
    parentPort.postMessage({ figures: await RUNS[run](options) });
  } catch (error) {
    parentPort.postMessage({ problem: error.stack });
  }
});
