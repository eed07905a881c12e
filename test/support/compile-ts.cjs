/** TypeScript for processes that run it from its source. */
const { transformSync, version } = require('@swc/core');
const { swcOptions } = require('../../scripts/swc-options.cjs');

const OPTIONS = swcOptions({ syntax: 'typescript', decorators: true });

const compile = (source, filename) => transformSync(source, { filename, ...OPTIONS }).code;

module.exports = { compile, version };
