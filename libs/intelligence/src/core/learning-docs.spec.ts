import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HOUR_MS, MINUTE_MS } from '@slt/domain';
import { DEFAULT_ADVISOR } from './advisor';
import { DEFAULT_COSTS } from './costs';
import { FEATURES } from './features';
import { COMPARE_DEFAULTS } from './training';
import { TRAINING_DEFAULTS } from './training/train';

const DOCS = readFileSync(path.resolve(__dirname, '../../../../docs/learning.md'), 'utf8').replace(
  /\s+/g,
  ' ',
);

describe('docs/learning.md', () => {
  it.each([
    `becomes ${FEATURES.length} features`,
    `Before ${DEFAULT_ADVISOR.minOutcomes} outcomes`,
    `at 1/${1 / DEFAULT_ADVISOR.exploreScale} of their size`,
    `embargo** of ${TRAINING_DEFAULTS.embargoMs / MINUTE_MS} minutes`,
    `Fewer than ${TRAINING_DEFAULTS.minSamples} samples`,
    `at least ${COMPARE_DEFAULTS.minSamples} signals in ${COMPARE_DEFAULTS.minBlocks} spans`,
  ])('says what the code does: %s', (words) => {
    expect(DOCS).toContain(words);
  });

  it('tells the time barrier', () => {
    expect(DEFAULT_COSTS.maxHoldMs).toBe(2 * HOUR_MS);
    expect(DOCS).toContain('the target or after two hours');
  });

  it.each(['NO_EDGE', 'EDGE_UNPROVEN', 'EDGE_LOST', 'LEARNING'])('tells of %s', (refusal) => {
    expect(DOCS).toContain(`\`${refusal}\``);
  });
});
