import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SmcEngine } from '@slt/smc';

const ROOT = path.resolve(__dirname, '../..');
const IMAGES = path.join(ROOT, 'docs/img');

interface Pictures {
  drawAll(engine: unknown): { name: string; svg: string }[];
}

/** By a path that TypeScript does not follow: the drawing is plain .mjs. */
async function load<Module>(file: string): Promise<Module> {
  return (await import(path.join(ROOT, 'scripts/smc-pictures', file))) as Module;
}

describe('the pictures of docs/smc.md', () => {
  let pictures: { name: string; svg: string }[];
  beforeAll(async () => {
    pictures = (await load<Pictures>('index.mjs')).drawAll(SmcEngine);
  });

  it('are what the engine says now, byte for byte (if not: npm run draw)', () => {
    for (const { name, svg } of pictures) expect(readFileSync(path.join(IMAGES, name), 'utf8')).toBe(svg);
  });

  it('are all there, with no other', () => {
    const committed = readdirSync(IMAGES).filter((name) => name.startsWith('smc-'));
    expect(committed.sort()).toEqual(pictures.map(({ name }) => name).sort());
  });

  it('are all shown, each with words in its place', () => {
    const page = readFileSync(path.join(ROOT, 'docs/smc.md'), 'utf8');
    const shown = [...page.matchAll(/!\[([^\]]{20,})\]\(img\/([^)]+)\)/g)].map(([, , file]) => file);
    expect(shown.sort()).toEqual(pictures.map(({ name }) => name).sort());
  });

  it('ask nothing of the network, run nothing, and speak to screen readers', () => {
    for (const { svg } of pictures) {
      expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|<script|href|url\(/);
      expect(svg).toMatch(/<title id="title">[^<]+<\/title>\n<desc id="desc">[^<]+<\/desc>/);
    }
  });
});

it('a picture that the engine does not bear out is not drawn', async () => {
  const { drawAll } = await load<Pictures>('index.mjs');
  class Silent extends SmcEngine {
    override step(candle: Parameters<SmcEngine['step']>[0]): ReturnType<SmcEngine['step']> {
      return super.step(candle).filter(({ kind }) => kind !== 'choch');
    }
  }
  expect(() => drawAll(Silent)).toThrow(/breaks: .* should be bos bullish, bos bullish, choch bearish/);
});
