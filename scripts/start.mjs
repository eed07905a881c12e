/** `npm start`: the trader in this very process, so that a signal to it is a signal to the service. */
import module from 'node:module';
import { ensureBuilt } from './ensure.mjs';

try {
  await ensureBuilt();
} catch (error) {
  process.stderr.write(`selflearningtrader: ${error.message}\n`);
  process.exit(1);
}
// From Node.js 22.8 on, what was compiled once is read the next time.
module.enableCompileCache?.();
await import('../dist/apps/trader/src/main.js');
