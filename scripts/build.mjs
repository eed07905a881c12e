/**
 * Compiles apps and libs with Nest's swc builder, and the page with Vite. The build grows in a folder of its own and takes the place of dist/
 * when it is complete, so that a program that starts meanwhile finds the old one whole.
 */
import { cpSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildDashboard } from './build-dashboard.mjs';
import { ROOT, run } from './ensure.mjs';

/** Where tsconfig.app.json sends the output. */
const FRESH = path.join(ROOT, '.build');
const DIST = path.join(ROOT, 'dist');
const PAGE = path.join(ROOT, 'apps', 'dashboard') + path.sep;

export function build() {
  const nest = path.join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  run(process.execPath, [nest, 'build', 'trader']);
  copyHelpers();
  buildDashboard(path.join(FRESH, 'dashboard'));
  writeFileSync(path.join(FRESH, '.built'), '');
  const old = path.join(ROOT, `.dist-old-${process.pid}`);
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(FRESH, DIST);
  rmSync(old, { recursive: true, force: true });
}

/** Plain .cjs and .mjs files beside the sources run as they are. */
function copyHelpers() {
  for (const top of ['apps', 'libs']) {
    for (const entry of readdirSync(path.join(ROOT, top), { withFileTypes: true, recursive: true })) {
      if (!/\.[cm]js$/.test(entry.name)) continue;
      const source = path.join(entry.parentPath ?? entry.path, entry.name);
      if (source.startsWith(PAGE)) continue;
      cpSync(source, path.join(FRESH, path.relative(ROOT, source)));
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) build();
