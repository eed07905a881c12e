/** `npm run chaos [-- flags]`: installs and builds as needed, then kills traders at every step of an order's life. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt, ROOT } from './ensure.mjs';

try {
  if (process.env.SLT_DIST === undefined) await ensureBuilt();
} catch (error) {
  process.stderr.write(`selflearningtrader: ${error.message}\n`);
  process.exit(1);
}
const words = [
  '--require',
  path.join(ROOT, 'test/support/run-built.cjs'),
  path.join(ROOT, 'test/chaos/support/run-chaos.ts'),
  ...process.argv.slice(2),
];
// An interruption is the child's to answer: it ends what it has started.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' });
process.exit(status ?? 1);
