/**
 * `npm run bench:learning -- [--seeds 10] [--first-seed 0] [--scenario all] [--json FILE]`: does it learn, and does it
 * know when there is no edge? Generated markets through the whole pipeline, one seed a market, on all cores. Prints a
 * table; ends with 1 where a bar is missed. The same seeds give the same figures.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { ensureBuilt } from '../scripts/ensure.mjs';

const SCENARIOS = ['null', 'planted', 'flip', 'calibration'];
/** How the table says it. */
const MET = { true: 'yes', false: 'NO', null: '–', met: 'met' };
const SETUPS = ['sweep-reversal', 'block-retest', 'gap-continuation'];
const USAGE = `npm run bench:learning -- [--seeds N] [--first-seed K] [--scenario ${SCENARIOS.join('|')}|all]
  [--json FILE]      figures of each seed and of all, as JSON; "-" is standard output, without the table
  [--workers N]      threads; without it as many as there are cores
  [--setup NAME]     that the edge is planted in; without it gap-continuation
  [--minutes N] [--symbols N]   other sizes of the markets than the bars are meant for`;

const options = parse();
await ensureBuilt();
const { ROWS, RUNS, summaryOf } = await import('./learning-rows.mjs');

const scenarios = options.scenario === 'all' ? SCENARIOS : [options.scenario];
const seeds = Array.from({ length: options.seeds }, (_, i) => options['first-seed'] + i);
const jobs = [...new Set(scenarios.map((name) => RUNS[name]))].flatMap((run) =>
  seeds.map((seed) => ({ run, options: { seed, ...optionsOf('minutes', 'symbols', 'setup') } })),
);
const done = await runAll(jobs);

const runsOf = (name) => done.filter(({ job }) => job.run === RUNS[name]).map(({ figures }) => figures);
const rows = scenarios.flatMap((name) => ROWS[name](runsOf(name)));
const isMet = rows.every(({ met }) => met !== false);
if (options.json !== '-') print(rows);
if (options.json !== undefined) writeJson();
process.exitCode = isMet ? 0 : 1;

function parse() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '10' },
        'first-seed': { type: 'string', default: '0' },
        scenario: { type: 'string', default: 'all' },
        json: { type: 'string' },
        workers: { type: 'string', default: String(availableParallelism()) },
        setup: { type: 'string' },
        minutes: { type: 'string' },
        symbols: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) end(0, USAGE);
    for (const name of ['seeds', 'first-seed', 'workers', 'minutes', 'symbols']) {
      if (values[name] === undefined) continue;
      const isSound = /^\d{1,9}$/.test(values[name]) && (name === 'first-seed' || Number(values[name]) > 0);
      if (!isSound) end(2, `--${name} ${values[name]} is no number of ${name}\n${USAGE}`);
      values[name] = Number(values[name]);
    }
    const { scenario, setup } = values;
    if (scenario !== 'all' && !SCENARIOS.includes(scenario)) end(2, `no scenario ${scenario}\n${USAGE}`);
    if (setup !== undefined && !SETUPS.includes(setup)) end(2, `no set-up ${setup}\n${USAGE}`);
    return values;
  } catch (error) {
    return end(2, `${error.message}\n${USAGE}`);
  }
}

function end(code, text) {
  (code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exit(code);
}

function optionsOf(...names) {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

/** In the order of the jobs, whoever was faster. */
async function runAll(list) {
  const results = Array.from({ length: list.length });
  const startedAt = performance.now();
  let next = 0;
  let ended = 0;
  const crew = Array.from({ length: Math.min(options.workers, list.length) }, async () => {
    const worker = new Worker(new URL('./learning-worker.mjs', import.meta.url));
    try {
      while (next < list.length) {
        const index = next++;
        results[index] = { job: list[index], figures: await ask(worker, list[index]) };
        progress(++ended, list.length, performance.now() - startedAt);
      }
    } finally {
      await worker.terminate();
    }
  });
  await Promise.all(crew);
  process.stderr.write('\n');
  return results;
}

function ask(worker, job) {
  return new Promise((resolve, reject) => {
    const onError = (error) => settle(() => reject(error));
    const onMessage = ({ figures, problem }) => {
      if (problem === undefined) settle(() => resolve(figures));
      else settle(() => reject(new Error(`${job.run}, seed ${job.options.seed}: ${problem}`)));
    };
    const settle = (end) => {
      worker.off('error', onError);
      worker.off('message', onMessage);
      end();
    };
    worker.on('error', onError);
    worker.on('message', onMessage);
    worker.postMessage(job);
  });
}

function progress(ended, all, ms) {
  const left = Math.round(((ms / ended) * (all - ended)) / 1_000);
  const text = `${ended} of ${all} markets, ${Math.round(ms / 1_000)} s, about ${left} s to go`;
  process.stderr.write(process.stderr.isTTY ? `\r${text}  ` : `${text}\n`);
}

function print(table) {
  const columns = ['what', 'figure', 'bar', 'met', 'detail'];
  const cell = (line, column) => (column === 'met' ? MET[String(line.met)] : line[column]);
  const width = (column) => Math.max(column.length, ...table.map((line) => cell(line, column).length));
  const write = (line) =>
    console.log(`| ${columns.map((column) => cell(line, column).padEnd(width(column))).join(' | ')} |`);
  write(Object.fromEntries(columns.map((column) => [column, column])));
  console.log(`| ${columns.map((column) => '-'.repeat(width(column))).join(' | ')} |`);
  table.forEach(write);
}

function writeJson() {
  const json = {
    seeds: options.seeds,
    firstSeed: options['first-seed'],
    scenarios,
    ...optionsOf('minutes', 'symbols', 'setup'),
    isMet,
    rows,
    runs: done.map(({ job, figures }) => ({ run: job.run, seed: job.options.seed, ...summaryOf(figures) })),
  };
  const text = `${JSON.stringify(json, null, 2)}\n`;
  if (options.json === '-') process.stdout.write(text);
  else writeFileSync(options.json, text);
}
