import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FEATURE_VERSION, FEATURES, FRAME_LENGTH } from './index';

const DOCS = readFileSync(path.resolve(__dirname, '../../../../../docs/learning-features.md'), 'utf8');

const number = (value: number): string => String(value).replace('-', '−');

describe('docs/learning-features.md', () => {
  it('has a row for each feature, in their order, as the code has it', () => {
    const rows = DOCS.split('\n')
      .filter((line) => /^\| +\d+ +\|/.test(line))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    expect(rows).toEqual(
      FEATURES.map(({ name, unit, min, max, sentence }, i) => [
        String(i + 1),
        `\`${name}\``,
        unit,
        `${number(min)} … ${number(max)}`,
        sentence,
      ]),
    );
  });

  it('names the version and the length of the window', () => {
    expect(DOCS).toContain(`version ${FEATURE_VERSION}`);
    expect(DOCS).toContain(`newest ${FRAME_LENGTH} candles`);
  });
});

describe('features', () => {
  it('have names of their own and ranges that are some', () => {
    expect(new Set(FEATURES.map(({ name }) => name)).size).toBe(FEATURES.length);
    for (const { min, max } of FEATURES) expect(min).toBeLessThan(max);
  });

  it('of version 1 are these; others, or another order, are another version', () => {
    expect(FEATURE_VERSION).toBe(1);
    expect(FEATURES.map(({ name }) => name).join(' ')).toBe(
      'swingBias internalBias oppositeBreakAge location blockBehind blockBehindStrength blockAhead ' +
        'blockAheadStrength gapBehind gapBehindHeight gapAhead gapAheadHeight poolBehind poolAhead ' +
        'zoneStrength swingBlock sweepDepth sweepSource targetIsPool reward stopAtr stopShare body wickBehind run ' +
        'session killZone relativeVolume volatility atrShare rsi momentum5 momentum20 momentum100 ' +
        'leaderMomentum20 leaderMomentum100 spread tickR tickShare funding',
    );
  });
});
