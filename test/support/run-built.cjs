/**
 * Runs TypeScript of test/ in a plain Node process on the built apps and libs, as users run them:
 * `node --require ./test/support/run-built.cjs test/some-script.ts`. SLT_DIST names another build.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { compile } = require('./compile-ts.cjs');

const ROOT = path.join(__dirname, '..', '..');
const DIST = path.resolve(process.env.SLT_DIST ?? path.join(ROOT, 'dist'));
const resolveFilename = Module._resolveFilename;

Module._resolveFilename = function (request, parent, ...rest) {
  return resolveFilename.call(this, builtOf(request, parent), parent, ...rest);
};

/** `@slt/trading`, and relative paths into apps/ and libs/, as they lie in the build. */
function builtOf(request, parent) {
  const alias = /^@slt\/([^/]+)$/.exec(request);
  if (alias) return path.join(DIST, 'libs', alias[1], 'src', 'index.js');
  if (!request.startsWith('.') || parent?.filename === undefined || parent === null) return request;
  const target = path.relative(ROOT, path.resolve(path.dirname(parent.filename), request));
  return /^(apps|libs)[/\\]/.test(target) ? path.join(DIST, target) : request;
}

require.extensions['.ts'] = (module, filename) => {
  module._compile(compile(readFileSync(filename, 'utf8'), filename), filename);
};
