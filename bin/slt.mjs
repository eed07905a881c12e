#!/usr/bin/env node
/** `slt`: installs and builds as needed, then runs the command line in this process. */
import { ensureBuilt } from '../scripts/ensure.mjs';

try {
  await ensureBuilt();
} catch (error) {
  process.stderr.write(`slt: ${error.message}\n`);
  process.exit(1);
}
process.setSourceMapsEnabled(true);
await import('../dist/apps/cli/src/main.js');
