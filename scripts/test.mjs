/** `npm test`: Jest over everything, or over the paths and flags given; afterwards the counts on a line of their own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBuilt, ROOT } from './ensure.mjs';

try {
  await ensureBuilt(); // tests of processes run the built programs
} catch (error) {
  process.stderr.write(`selflearningtrader: ${error.message}\n`);
  process.exit(1);
}

const folder = mkdtempSync(path.join(tmpdir(), 'slt-test-'));
const outputFile = path.join(folder, 'results.json');
const { status } = spawnSync(
  process.execPath,
  [
    path.join(ROOT, 'node_modules/jest/bin/jest.js'),
    '--json',
    `--outputFile=${outputFile}`,
    ...process.argv.slice(2),
  ],
  { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
);
try {
  const results = JSON.parse(readFileSync(outputFile, 'utf8'));
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = results;
  const brokenSuites = results.testResults.filter(
    (suite) => suite.assertionResults.length === 0 && suite.status === 'failed',
  );
  console.log(`${passed} passed, ${failed + brokenSuites.length} failed, ${skipped} skipped`);
} catch {
  console.log('0 passed, 1 failed, 0 skipped');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status ?? 1);
