/**
 * `npm run bench [-- --rounds N] [name …]`, `npm run bench -- backtest --folder DIR` and `npm run bench -- replay
 * --folder DIR [--speed 600] [--seconds 60]`: prints a table and writes bench/results/latest.json. Each figure is a ratio
 * or a count taken side by side in one run, medians of the rounds; the wall times are there to be read, not compared
 * between machines.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { backtest } from './backtest.mjs';
import { coldStart } from './cold-start.mjs';
import { memory } from './memory.mjs';
import { minuteClose } from './minute-close.mjs';
import { orderRoundTrip } from './order-round-trip.mjs';
import { replay, replayProblem } from './replay.mjs';
import { restart } from './restart.mjs';
import { smc } from './smc.mjs';
import { weightOf600 } from './weight-600.mjs';

const BENCHMARKS = {
  'cold-start': coldStart,
  'weight-600': weightOf600,
  restart,
  memory,
  'minute-close': minuteClose,
  'order-round-trip': orderRoundTrip,
  smc,
  backtest,
  replay,
};
/** Needs a folder, so only when it is named. */
const ON_REQUEST = ['replay'];

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    folder: { type: 'string' },
    speed: { type: 'string', default: '600' },
    seconds: { type: 'string', default: '60' },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !(name in BENCHMARKS));
if (values.help || unknown.length > 0 || !/^[1-9]\d*$/.test(values.rounds)) {
  console.error(`npm run bench -- [--rounds N] [${Object.keys(BENCHMARKS).join('|')} …]`);
  console.error('npm run bench -- backtest --folder DIR');
  console.error('npm run bench -- replay --folder DIR [--speed 600] [--seconds 60]');
  process.exit(values.help ? 0 : 2);
}
const problem = folderProblem(values) ?? (positionals.includes('replay') ? replayProblem(values) : undefined);
if (problem !== undefined) {
  console.error(problem);
  process.exit(2);
}

/** Told before anything is measured. */
function folderProblem({ folder }) {
  return folder === undefined || existsSync(folder) ? undefined : `--folder ${folder} does not exist`;
}

const rows = [];
for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
  const isWanted = positionals.length > 0 ? positionals.includes(name) : !ON_REQUEST.includes(name);
  if (!isWanted) continue;
  console.error(`${name} …`);
  rows.push(...(await benchmark({ ...values, rounds: Number(values.rounds) })));
}

const columns = ['what', 'figure', 'bar', 'met', 'detail'];
const width = (column) => Math.max(column.length, ...rows.map((row) => String(row[column]).length));
const line = (row) => `| ${columns.map((column) => String(row[column]).padEnd(width(column))).join(' | ')} |`;
console.log(line(Object.fromEntries(columns.map((column) => [column, column]))));
console.log(`| ${columns.map((column) => '-'.repeat(width(column))).join(' | ')} |`);
for (const row of rows) console.log(line(row));

const results = path.join(path.dirname(fileURLToPath(import.meta.url)), 'results');
mkdirSync(results, { recursive: true });
const file = path.join(results, 'latest.json');
writeFileSync(
  file,
  `${JSON.stringify({ at: new Date().toISOString(), node: process.version, rows }, null, 2)}\n`,
);
console.error(`written to ${path.relative(process.cwd(), file)}`);
