/** Compiles apps and libs into dist/ with Nest's swc builder, and marks the build as complete. */
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, run } from './ensure.mjs';

export function build() {
  run(process.execPath, [
    path.join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'),
    'build',
    'trader',
  ]);
  copyHelpers();
  writeFileSync(path.join(ROOT, 'dist', '.built'), '');
}

/** Plain .cjs and .mjs files beside the sources run as they are. */
function copyHelpers() {
  for (const top of ['apps', 'libs']) {
    for (const entry of readdirSync(path.join(ROOT, top), { withFileTypes: true, recursive: true })) {
      if (!/\.[cm]js$/.test(entry.name)) continue;
      const source = path.join(entry.parentPath ?? entry.path, entry.name);
      cpSync(source, path.join(ROOT, 'dist', path.relative(ROOT, source)));
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) build();
