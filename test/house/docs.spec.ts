import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const OWN_FOLDERS = ['.', 'apps', 'bench', 'deploy', 'docs', 'libs', 'scripts', 'test'];

/** Relative to the root, with forward slashes; not what is installed or built. */
function filesOf(folder: string): string[] {
  const isRoot = folder === '.';
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true, recursive: !isRoot })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath ?? entry.path, entry.name)))
    .filter((file) => !file.includes('node_modules'))
    .map((file) => file.split(path.sep).join('/'));
}

const files = OWN_FOLDERS.flatMap(filesOf);
const pages = files.filter((file) => file.endsWith('.md') && !file.startsWith('test/'));
const decisions = pages.filter((file) => /^docs\/adr\/\d{4}-.*\.md$/.test(file));

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** Targets of links, without addresses and anchors. */
const linksOf = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map((match) => match[1]!).filter((to) => !/^\w+:/.test(to));

/** Sources named as code: `core/order-table.ts`, `libs/trading/src/core/decimal.ts`. */
const sourcesOf = (text: string): string[] =>
  [...text.matchAll(/`([\w./-]*\w\.(?:ts|mjs))`/g)].map((match) => match[1]!);

describe('what is written about the project', () => {
  it.each(pages)('%s leads only to what is there', (page) => {
    const lost = linksOf(read(page)).filter((to) => !existsSync(path.join(ROOT, path.dirname(page), to)));
    expect(lost).toEqual([]);
  });

  it.each(pages)('%s names only sources that are there', (page) => {
    const lost = sourcesOf(read(page)).filter(
      (source) => !files.some((file) => file === source || file.endsWith(`/${source}`)),
    );
    expect(lost).toEqual([]);
  });

  it.each(decisions)('%s has context, decision, consequences, and what would change our mind', (page) => {
    const heading = /^(?:## |\*\*)(Context|Decision|Consequences|What would change our mind)\b/gm;
    expect([...read(page).matchAll(heading)].map((match) => match[1])).toEqual([
      'Context',
      'Decision',
      'Consequences',
      'What would change our mind',
    ]);
  });

  it('gives each decision a number of its own', () => {
    const numbers = decisions.map((file) => path.basename(file).slice(0, 4));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
