/**
 * Jest's environment for Node.js, with compiled code kept from one suite to the next. Each suite loads its modules anew, hundreds
 * of them for an application, and each of them would be parsed anew: a tenth of the CPU time of all tests.
 */
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

const compileFunction = vm.compileFunction;
/** What V8 made of a file with parameters, and the source that it was made of; for the life of this worker. */
const compiled = new Map();

/** Jest's runtime compiles by this function of the module, which is the same one for all suites of a worker. */
vm.compileFunction = function (source, parameters, options) {
  const filename = options?.filename;
  if (filename === undefined) return compileFunction(source, parameters, options);
  const key = `${filename}(${parameters})`;
  const known = compiled.get(key);
  if (known?.source === source) {
    return compileFunction(source, parameters, { ...options, cachedData: known.cachedData });
  }
  const made = compileFunction(source, parameters, { ...options, produceCachedData: true });
  if (made.cachedData !== undefined) compiled.set(key, { source, cachedData: made.cachedData });
  return made;
};

module.exports = TestEnvironment;
