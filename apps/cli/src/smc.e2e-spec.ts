/** `slt smc` as a process: its streams, its memory, and how it ends. What it says is the matter of run-smc.spec.ts. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../../../test/support/eventually';
import { SltUnderTest } from '../../../test/support/slt';

const MINUTE = 60_000;
const T0 = Date.UTC(2025, 5, 1, 22);

const program = new SltUnderTest().install();
const slt: SltUnderTest['run'] = (...asked) => program.run(...asked);
const start: SltUnderTest['start'] = (...asked) => program.start(...asked);

/** A zigzag with a drift, as rows of CSV. */
function write(name: string, length: number, from = 0): void {
  const rows = Array.from({ length }, (_, i) => {
    const close = 100 + (i % 37) + (i % 411) / 4;
    return `${T0 + (from + i) * MINUTE},${close},${close + (i % 7)},${close - (i % 5)},${close},${i % 100}\n`;
  });
  writeFileSync(path.join(program.folder, name), rows.join(''), { flag: 'a' });
}

describe('slt smc', () => {
  it('tells what it takes, with examples', async () => {
    const { code, out, err } = await slt('smc --help');
    expect([code, err]).toEqual([0, '']);
    for (const word of ['Examples:', '--interval', '--out', '--swing', '--pool-limit'])
      expect(out).toContain(word);
  });

  it('prints events on stdout and nothing else, or writes them to a file', async () => {
    write('a.csv', 5_000);
    const { code, out, err } = await slt('smc a.csv');
    expect([code, err]).toEqual([0, expect.stringMatching(/^slt: 5000 candles of 1m/)]);
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(100);
    let before = 0;
    for (const line of lines) {
      const { knownAt } = JSON.parse(line) as { knownAt: number };
      expect(knownAt).toBeGreaterThanOrEqual(before);
      before = knownAt;
    }
    expect((await slt('smc a.csv --out b.jsonl')).out).toBe('');
    expect(readFileSync(path.join(program.folder, 'b.jsonl'), 'utf8') === out).toBe(true);
  });

  it('does not mind a reader that goes away', async () => {
    write('a.csv', 50_000);
    const { child, ended } = start(['smc', 'a.csv']);
    child.stdout.destroy();
    const { code, err } = await ended;
    expect([code, err]).toEqual([0, '']);
  });

  it('needs little memory for many candles', async () => {
    // 13 MB of text and 16 MB of numbers; events of several times that
    write('long.csv', 400_000);
    const { code, err } = await slt('smc long.csv --out long.jsonl', {
      NODE_OPTIONS: '--max-old-space-size=48',
    });
    expect([code, err]).toEqual([0, expect.stringContaining('400000 candles of 1m')]);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    write('long.csv', 400_000);
    const { child, ended } = start(['smc', 'long.csv', '--out', 'long.jsonl']);
    await eventually(() => readdirSync(program.folder).some((name) => name.includes('.tmp-')), 60_000);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(readdirSync(program.folder)).toEqual(['long.csv']);
  });
});
