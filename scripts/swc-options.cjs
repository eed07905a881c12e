/** How tests compile what they run from its source: as the build does, with source maps inside. */
const swcOptions = (parser) => ({
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser,
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
});

module.exports = { swcOptions };
