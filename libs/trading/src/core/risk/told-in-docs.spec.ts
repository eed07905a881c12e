import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BREAKER_MOVES, BREAKER_REASONS } from '../breaker';
import { REFUSALS, SETUPS } from '../signal';

const DOCS = readFileSync(path.resolve(__dirname, '../../../../../docs/trading-risk.md'), 'utf8');

/** Codes at the beginning of a row, or in its second column. */
function isInTable(code: string): boolean {
  return DOCS.split('\n').some(
    (line) => line.startsWith('|') && line.split('|').slice(1, 3).join().includes(code),
  );
}

describe('docs/trading-risk.md', () => {
  it.each([...REFUSALS, ...SETUPS, ...BREAKER_REASONS])('has a row for %s', (code) => {
    expect(isInTable(`\`${code}\``)).toBe(true);
  });

  it.each(BREAKER_MOVES)('tells of the move %s', (move) => {
    expect(isInTable(move) || isInTable(move.replace('worsen-to', ''))).toBe(true);
  });

  it('tells refusals in the order of the rules', () => {
    const places = [
      'TRADING_OFF',
      'SYMBOL_NOT_TRADABLE',
      'SIGNAL_STALE',
      'BREAKER_BLOCKED',
      'NO_EQUITY',
      'CORRELATION_CAP',
    ].map((code) => DOCS.indexOf(`| \`${code}\``));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
});
