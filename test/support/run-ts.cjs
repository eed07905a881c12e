/**
 * Runs TypeScript of this repository in a plain Node process, for tests that start and kill processes:
 * `node --require ./test/support/run-ts.cjs some-script.ts`.
 */
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { compile, version } = require('./compile-ts.cjs');

const root = join(__dirname, '..', '..');
// A process is started many times over the same few hundred files.
const cache = join(root, 'node_modules', '.cache', 'run-ts');
mkdirSync(cache, { recursive: true });
const resolveFilename = Module._resolveFilename;

Module._resolveFilename = function (request, ...rest) {
  const alias = /^@slt\/([^/]+)$/.exec(request);
  return resolveFilename.call(
    this,
    alias ? join(root, 'libs', alias[1], 'src', 'index.ts') : request,
    ...rest,
  );
};

require.extensions['.ts'] = (module, filename) => {
  const source = readFileSync(filename, 'utf8');
  const key = createHash('sha256').update(`${version}\n${filename}\n${source}`).digest('hex');
  module._compile(cached(key) ?? keep(key, compile(source, filename)), filename);
};

function cached(key) {
  try {
    return readFileSync(join(cache, key), 'utf8');
  } catch {
    return undefined;
  }
}

/** Under its name all at once: others read beside us. */
function keep(key, code) {
  const aside = join(cache, `${key}.${process.pid}`);
  writeFileSync(aside, code);
  renameSync(aside, join(cache, key));
  return code;
}
