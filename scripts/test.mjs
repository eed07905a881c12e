/**
 * `npm test`: Jest over everything, or over the paths and flags given; afterwards the counts on a line of their own. In CI what
 * failed beside everything else is run once more, alone (ADR 0120).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBuilt, ROOT } from './ensure.mjs';

/** When more files fail than this, it was not the neighbours. */
const MOST_AGAIN = 3;
/** In place of all files, where a run wrote no results. */
const BROKEN = { name: '', hasFailed: true, passed: 0, failed: 1, skipped: 0 };

try {
  await ensureBuilt(); // tests of processes run the built programs
} catch (error) {
  process.stderr.write(`selflearningtrader: ${error.message}\n`);
  process.exit(1);
}

const folder = mkdtempSync(path.join(tmpdir(), 'slt-test-'));
try {
  const first = jest(process.argv.slice(2));
  const { status, files } = process.env.CI ? withSecondTry(first) : first;
  const sum = (count) => files.reduce((total, file) => total + file[count], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
  process.exitCode = status;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns what became of each file; a run that wrote no results has one that failed */
function jest(args) {
  const outputFile = path.join(folder, 'results.json');
  rmSync(outputFile, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [path.join(ROOT, 'node_modules/jest/bin/jest.js'), '--json', `--outputFile=${outputFile}`, ...args],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8'));
    return { status: status ?? 1, files: testResults.map(countsOf) };
  } catch {
    return { status: status || 1, files: [BROKEN] };
  }
}

/** A file that broke before its first test counts as a test that failed. */
function countsOf({ name, status, assertionResults }) {
  const count = (...states) => assertionResults.filter((it) => states.includes(it.status)).length;
  const hasFailed = status === 'failed';
  const failed = assertionResults.length === 0 && hasFailed ? 1 : count('failed');
  return { name, hasFailed, passed: count('passed'), failed, skipped: count('pending', 'todo') };
}

/** What failed and passes alone takes the place of its failure, and is named. A run that broke is not tried again. */
function withSecondTry(first) {
  const failed = first.files.filter(({ name, hasFailed }) => hasFailed && name !== BROKEN.name);
  if (failed.length === 0 || failed.length > MOST_AGAIN) return first;
  const namesOf = (files) => files.map(({ name }) => path.relative(ROOT, name)).join(', ');
  process.stderr.write(`\nonce more, alone: ${namesOf(failed)}\n`);
  const again = jest(['--runTestsByPath', '--maxWorkers=1', ...failed.map(({ name }) => name)]);
  const passed = again.files.filter(({ hasFailed }) => !hasFailed);
  if (passed.length > 0) process.stderr.write(`passed only alone: ${namesOf(passed)}\n`);
  const files = first.files.map((file) => passed.find(({ name }) => name === file.name) ?? file);
  return { status: again.status, files };
}
