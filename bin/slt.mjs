#!/usr/bin/env node
/** `slt`: installs and builds as needed, then runs the command line in this process. */
import module from 'node:module';
import { ensureBuilt } from '../scripts/ensure.mjs';

try {
  await ensureBuilt();
} catch (error) {
  process.stderr.write(`slt: ${error.message}\n`);
  process.exit(1);
}
// From Node.js 22.8 on, what was compiled once is read the next time.
module.enableCompileCache?.();
await import('../dist/apps/cli/src/main.js');
