/** `slt train` in this process: recordings in, a model and its worth out, and a sentence about what is wrong. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ForestPredictor, randomFrom } from '@slt/intelligence';
import { runCli } from './run-cli';

const MINUTE = 60_000;
const T0 = Date.UTC(2025, 5, 2);
const SYMBOLS = 7;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slt-train-'));
  for (let seed = 1; seed <= SYMBOLS; seed++) {
    writeFileSync(path.join(folder, `S${seed}USDT_1m.csv.gz`), gzipSync(csvOf(seed, 4_500)));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A walk whose moves come in gusts. */
function csvOf(seed: number, length: number): string {
  const random = randomFrom(seed);
  const cents = (price: number): number => Math.round(price * 100) / 100;
  let close = 100;
  const rows = Array.from({ length }, (_, i) => {
    const open = close;
    close = cents(Math.max(20, open + (random() - 0.5) * (random() < 0.2 ? 0.6 : 0.2)));
    const high = cents(Math.max(open, close) + random() * 0.06);
    const low = cents(Math.min(open, close) - random() * 0.06);
    return [T0 + i * MINUTE, open, high, low, close, Math.floor(random() * 900) + 100].join(',');
  });
  return ['timestamp,open,high,low,close,volume', ...rows].join('\n');
}

/** Words are separated by spaces; @ is the folder. */
async function slt(words: string): Promise<{ code: number; out: string; err: string }> {
  const so = { out: '', err: '' };
  const code = await runCli({
    words: words.split(' ').map((word) => word.replace(/^@/, folder)),
    environment: {},
    terminal: {
      isTty: false,
      out: (more) => {
        so.out += more;
        return Promise.resolve(true);
      },
      say: (line) => void (so.err += `${line}\n`),
    },
    signal: new AbortController().signal,
  });
  return { code, ...so };
}

describe('slt train', () => {
  it('trains a model, and says honestly what it is worth', async () => {
    const { code, out } = await slt('train --data @ --seed 3 --out @/model.json --json @/figures.json');
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+ labelled signals, 2025-06-02T\d\d:\d\dZ to 2025-06-05/);
    expect(out).toMatch(/walk-forward, on signals not seen before\nmodel .*\nonline learner .*\nforest /);
    // Nothing can be known of a walk without drift.
    expect(out).toContain('; no edge after costs\n');
    const model = JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8')) as {
      id: string;
      state: unknown;
    };
    expect(out).toContain(`model ${model.id}\n`);
    ForestPredictor.restore(model.state);
    const figures = JSON.parse(readFileSync(path.join(folder, 'figures.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(figures).toMatchObject({
      hasEdge: false,
      model: { id: model.id, seed: 3 },
      champion: { id: 'online' },
      comparison: { verdict: expect.not.stringMatching(/^better$/) as unknown },
    });
  });

  it('makes none of too little, and leaves no file', async () => {
    const { code, err } = await slt('train --data @ --symbols S1USDT --out @/none.json');
    expect(code).toBe(1);
    expect(err).toMatch(
      /labelled signals are too few to train on; 500 are needed \(LEARNING.TOO_FEW_SAMPLES\)/,
    );
    expect(readdirSync(folder).filter((name) => name.startsWith('none'))).toEqual([]);
  });

  it('says all that is wrong with the command', async () => {
    const { code, err } = await slt('train --data @ --from yesterday --seed -1');
    expect(code).toBe(2);
    expect(err).toMatch(/--from(.|\n)*--seed/);
    expect((await slt('train --data @ --out @/x --json @/x')).code).toBe(2);
    expect((await slt('train --data @/nothing')).code).toBe(2);
  });
});
