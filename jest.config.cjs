const { readFileSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { swcOptions } = require('./scripts/swc-options.cjs');

// NestJS 12 and some of its dependencies ship ES modules only. Jest can require() ES modules from
// Node 24.9 on; on Node 20 and 22 swc turns exactly those packages into CommonJS (cached by Jest).
const lock = JSON.parse(readFileSync(`${__dirname}/package-lock.json`, 'utf8'));
const esmOnly = Object.keys(lock.packages).filter((dir) => {
  if (!dir || dir.lastIndexOf('node_modules/') !== 0) return false;
  try {
    return JSON.parse(readFileSync(`${__dirname}/${dir}/package.json`, 'utf8')).type === 'module';
  } catch {
    return false; // an optional package of another platform
  }
});

const swc = (parser) => ['@swc/jest', swcOptions(parser)];

/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testEnvironment: '<rootDir>/scripts/jest-environment.cjs',
  testRegex: '\\.(e2e-)?spec\\.ts$',
  // When to give up, not how long it may take: waits end as soon as what they wait for is there, and machines are busy.
  testTimeout: 120_000,
  testSequencer: '<rootDir>/scripts/test-order.cjs',
  // Many suites wait for processes, sockets and timers: one worker more than there are cores keeps the cores busy.
  maxWorkers: availableParallelism() + 1,
  // Looked up on the global object of Jest's sandbox, these cost ten times the arithmetic. Nothing that fake timers replace, and
  // no name that a dependency gives to a class of its own (String, Map, Set).
  sandboxInjectedGlobals: [
    'Array',
    'BigInt',
    'Float64Array',
    'Infinity',
    'Int32Array',
    'JSON',
    'Math',
    'Number',
    'Object',
    'Uint8Array',
  ],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  moduleNameMapper: {
    '^@slt/([^/]+)$': '<rootDir>/libs/$1/src',
    // What the command line imports when it is needed, by the name that it has once it is compiled.
    '^(\\./run-[^/]+)\\.js$': '$1',
  },
  transformIgnorePatterns: [
    `/node_modules/(?!(?:${esmOnly.map((dir) => dir.slice('node_modules/'.length)).join('|')})/)`,
  ],
  transform: {
    '\\.ts$': swc({ syntax: 'typescript', decorators: true }),
    '\\.m?js$': swc({ syntax: 'ecmascript' }),
  },
};
