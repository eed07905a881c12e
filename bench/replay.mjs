/**
 * The main job on real input: an emulator replays a folder of recordings, a trader warms up, streams, stops, starts
 * again on its cache and streams on; then every Parquet file must equal the recording, candle for candle.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { json, startEmulator, startTrader, temporaryFolder } from './support/process.mjs';
import { compareWithRecording, readParquetFolder, readRecording } from './support/recording.mjs';

const SLT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../bin/slt.mjs');
/** Wall seconds of streaming after the restart. */
const SECOND_RUN_S = 10;

/** @returns what is wrong with the options of this benchmark, if anything */
export function replayProblem({ folder, speed, seconds }) {
  if (folder === undefined) return 'replay needs --folder, a folder of recorded candles';
  if (!(Number(speed) > 0 && Number(speed) <= 100_000)) return '--speed must be above 0, at most 100000';
  if (!(Number(seconds) > 0)) return '--seconds must be above 0';
  return undefined;
}

/** @param env further settings of the trader */
export async function replay({ folder, speed, seconds, env = {} }) {
  const recording = readRecording(folder);
  const data = temporaryFolder();
  const emulator = await startEmulator({ EMULATOR_REPLAY: folder, EMULATOR_SPEED: String(speed) });
  const settings = { EMULATOR_URL: emulator.url, DATA_DIR: data.folder, WARMUP_MIN_READY: '1', ...env };
  try {
    const cold = await run(settings, emulator, Number(seconds));
    const warm = await run(settings, emulator, SECOND_RUN_S);
    const { body: clock } = await json(`${emulator.url}/emulator/status`);
    const stats = await emulator.stats();
    const integrity = checkIntegrity(data.folder);
    const files = readParquetFolder(data.folder).map((file) =>
      compareWithRecording(file, recording, clock.now),
    );
    return report({ speed, cold, warm, stats, files, integrity, recording, now: clock.now });
  } finally {
    await emulator.stop();
    data.remove();
  }
}

async function run(settings, emulator, seconds) {
  const before = await emulator.stats();
  const trader = await startTrader(settings);
  const ready = await trader.ready();
  const warm = await emulator.stats();
  await delay(seconds * 1000);
  const { body: cluster } = await json(`${trader.url}/v1/cluster`);
  const stoppedFrom = performance.now();
  const exitCode = await trader.stop();
  const after = await emulator.stats();
  return {
    ...ready,
    cluster,
    exitCode,
    stopMs: performance.now() - stoppedFrom,
    weightToReady: warm.weight.total - before.weight.total,
    closes: after.streams.closes - before.streams.closes,
  };
}

function checkIntegrity(folder) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SLT, 'integrity', '--data', folder], {
    encoding: 'utf8',
  });
  if (status !== 0) console.error(stdout, stderr);
  return { status, summary: /\d+\/\d+ valid/.exec(stdout)?.[0] ?? 'no summary' };
}

function report({ speed, cold, warm, stats, files, integrity, recording, now }) {
  const sum = (of) => files.reduce((total, file) => total + of(file), 0);
  for (const file of files.filter(({ differences }) => differences > 0)) console.error(JSON.stringify(file));
  const recorded = new Set([...recording.keys()].map((key) => key.split(' ')[0])).size;
  const differences = sum((file) => file.differences);
  const behind = Math.max(...files.map(({ last }) => (now - last) / 60_000));
  const refused = stats.rateLimited + stats.bans;
  const kinds = ['missing', 'double', 'foreign', 'unequal', 'forming'];
  const row = (what, figure, bar, met, detail) => ({ what, figure, bar, met, detail });
  return [
    row(
      `replay × ${speed}: Parquet against the recording`,
      `${differences} differences`,
      '0, all symbols',
      differences === 0 && sum((file) => file.rows) > 0,
      `${new Set(files.map(({ symbol }) => symbol)).size} of ${recorded} symbols, ${files.length} files, ` +
        `${sum((file) => file.rows)} candles; ${kinds.map((kind) => `${sum((file) => file[kind])} ${kind}`).join(', ')}; ` +
        `newest candle of any file at most ${behind.toFixed(0)} min old at the end`,
    ),
    row('slt integrity', `exit ${integrity.status}`, 'exit 0', integrity.status === 0, integrity.summary),
    row(
      'cold start to ready',
      `${cold.afterListeningMs.toFixed(0)} ms`,
      '',
      '',
      `after listening; ${cold.afterStartMs.toFixed(0)} ms after the process began; weight ${cold.weightToReady}`,
    ),
    row(
      'streaming',
      `${cold.closes + warm.closes} closing frames`,
      'none refused',
      refused === 0 && cold.exitCode === 0 && warm.exitCode === 0,
      `gaps repaired ${cold.cluster.gapsRepaired} + ${warm.cluster.gapsRepaired}; ` +
        `candles streamed ${cold.cluster.candles} + ${warm.cluster.candles}; phases ` +
        `${cold.cluster.phases.map(({ phase }) => phase).join(' → ')}; REST weight in all ${stats.weight.total}, peak ` +
        `${stats.weight.peak} a minute, ${refused} refused; stopped in ${cold.stopMs.toFixed(0)} and ${warm.stopMs.toFixed(0)} ms`,
    ),
    row(
      'restart on the cache, to ready',
      `${warm.afterListeningMs.toFixed(0)} ms`,
      '',
      '',
      `after listening; ${warm.afterStartMs.toFixed(0)} ms after the process began; weight ${warm.weightToReady}`,
    ),
  ];
}
