/**
 * `npm run draw`: makes the pictures of docs/smc.md anew, from what the built engine says. With `--check` nothing is
 * written; it fails if a committed picture differs.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ensureBuilt, ROOT } from './ensure.mjs';
import { drawAll } from './smc-pictures/index.mjs';

const FOLDER = path.join(ROOT, 'docs', 'img');
const isCheck = process.argv.includes('--check');

await ensureBuilt();
const { SmcEngine } = createRequire(import.meta.url)('../dist/libs/smc/src/index.js');
mkdirSync(FOLDER, { recursive: true });
for (const { name, svg } of drawAll(SmcEngine)) {
  const file = path.join(FOLDER, name);
  if (!isCheck) writeFileSync(file, svg);
  else if (readFileSync(file, 'utf8') !== svg) {
    console.error(`docs/img/${name} is not what the engine says now: npm run draw`);
    process.exitCode = 1;
  }
}
