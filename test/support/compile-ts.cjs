/** TypeScript as the build compiles it, for processes that run it from its source. */
const { transformSync, version } = require('@swc/core');

const compile = (source, filename) =>
  transformSync(source, {
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
  }).code;

module.exports = { compile, version };
