/** `npm run bench [-- name …]`: installs and builds as needed, then runs the benchmarks of bench/. */
import { ensureBuilt } from './ensure.mjs';

await ensureBuilt();
await import('../bench/run.mjs');
