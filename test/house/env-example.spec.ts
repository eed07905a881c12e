import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AppConfig, loadConfig, settingNames } from '@slt/config';

const FILE = path.resolve(__dirname, '../../.env.example');
const README = path.resolve(__dirname, '../../README.md');
const entries = readFileSync(FILE, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('=', 2) as [string, string]);

describe('.env.example', () => {
  it('lists every setting once, in the order of AppConfig, and no other', () => {
    expect(entries.map(([name]) => name)).toEqual(settingNames());
  });

  it('gives each its default', () => {
    const defaults: Record<string, unknown> = { ...new AppConfig() };
    expect(Object.fromEntries(entries)).toEqual(
      Object.fromEntries(settingNames().map((name) => [name, String(defaults[name] ?? '')])),
    );
    expect(loadConfig(Object.fromEntries(entries))).toEqual(loadConfig({}));
  });

  it('is told in full by the README', () => {
    const readme = readFileSync(README, 'utf8');
    expect(settingNames().filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});
