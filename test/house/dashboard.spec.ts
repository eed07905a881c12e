/** The built dashboard: small, nothing inline, nothing from elsewhere; and its sources keep out of what would undo that. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const BUILT = path.join(ROOT, 'dist', 'dashboard');
const SOURCES = path.join(ROOT, 'apps', 'dashboard', 'src');
const BUDGET_BYTES = 250 * 1024;

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));

describe('the built page', () => {
  it('is there: npm test builds it', () => {
    expect(existsSync(path.join(BUILT, 'index.html'))).toBe(true);
  });

  it('takes at most 250 KB gzipped, every page of it together', () => {
    const files = filesBelow(BUILT);
    const packed = files.filter((file) => file.endsWith('.gz'));
    const plain = files.filter((file) => !/\.(gz|br)$/.test(file));
    expect(packed.map((file) => file.slice(0, -3)).sort()).toEqual(plain.sort());
    const bytes = packed.reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it('has no script or style in the page itself, and asks no other host', () => {
    const html = readFileSync(path.join(BUILT, 'index.html'), 'utf8');
    expect([...html.matchAll(/<script([^>]*)>([^<]*)</g)].map(([, , text]) => text)).toEqual(['']);
    expect(html).not.toMatch(/<style|style=|\son\w+=|https?:/i);
    for (const [, to] of html.matchAll(/(?:src|href)="([^"]+)"/g)) expect(to).toMatch(/^\/(assets\/|docs$)/);
  });

  it('names its assets by their content', () => {
    const names = readdirSync(path.join(BUILT, 'assets')).filter((name) => !/\.(gz|br)$/.test(name));
    expect(names.filter((name) => !/-[\w-]{8}\.\w+$/.test(name))).toEqual([]);
  });
});

describe('its sources', () => {
  const sources = filesBelow(SOURCES).filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.spec.ts'));

  it.each([
    ['writes HTML', /dangerouslySetInnerHTML|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write/],
    ['makes code of text', /\beval\(|new Function\(/],
    ['keeps the token', /(?:localStorage|sessionStorage)[^\n]*token/i],
  ])('hold nothing that %s', (_, pattern) => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.filter((file) => pattern.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});
