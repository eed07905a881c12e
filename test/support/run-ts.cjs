/**
 * Runs TypeScript of this repository in a plain Node process, for tests that start and kill processes:
 * `node --require ./test/support/run-ts.cjs some-script.ts`.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');

const root = join(__dirname, '..', '..');
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
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
  });
  module._compile(code, filename);
};
