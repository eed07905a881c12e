/**
 * The order of test files: first those that start processes and wait for them, then those that wait for sockets and timers, last
 * the cores, which wait for nothing. Left to Jest a fresh clone runs the largest files first, and in the end cores idle beside
 * one that waits.
 */
const Sequencer = require('@jest/test-sequencer').default;

const RANKS = [
  // Counts work by V8's coverage, which looks at all that a process has ever loaded: 7 s in a fresh worker, 40 s in an old one.
  /properties-bounds\.spec/,
  /test\/chaos\//,
  /e2e-spec\.ts$|-process\.spec\.ts$/,
  /^(?!.*\/core\/)/,
];

class WaitingFirst extends Sequencer {
  /** Within a rank as Jest has it: the longest first, as far as it knows, else the largest. */
  sort(tests) {
    return [...super.sort(tests)].sort((one, other) => rankOf(one.path) - rankOf(other.path));
  }
}

function rankOf(file) {
  const rank = RANKS.findIndex((pattern) => pattern.test(file.replaceAll('\\', '/')));
  return rank < 0 ? RANKS.length : rank;
}

module.exports = WaitingFirst;
