import { ESLint } from 'eslint';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import tseslint from 'typescript-eslint';

/** Native import: Jest would turn the .mjs into CommonJS, the rules themselves are what is under test. */
const ROOT = path.resolve(__dirname, '../..');

async function findings(filePath: string, code: string): Promise<string[]> {
  const { boundaries } = (await import(
    pathToFileURL(path.join(ROOT, 'scripts/lint/boundaries.mjs')).pathname
  )) as {
    boundaries: ESLint.Options['overrideConfig'];
  };
  const eslint = new ESLint({
    cwd: ROOT,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        plugins: { '@typescript-eslint': tseslint.plugin },
      },
      ...(boundaries as []),
    ] as NonNullable<ESLint.Options['overrideConfig']>,
  });
  const [result] = await eslint.lintText(code, { filePath: path.join(ROOT, filePath) });
  return result!.messages.map((message) => message.message);
}

describe('a planted violation is found', () => {
  it.each([
    [
      'core imports Nest',
      'libs/history/src/core/x.ts',
      "import { Module } from '@nestjs/common'; Module;",
      /plain TypeScript/,
    ],
    ['core imports node', 'libs/history/src/core/x.ts', "import fs from 'node:fs'; fs;", /plain TypeScript/],
    [
      'core imports another lib',
      'libs/history/src/core/x.ts',
      "import { X } from '@slt/exchange'; X;",
      /plain TypeScript/,
    ],
    ['core imports its shell', 'libs/history/src/core/x.ts', "import { X } from '../x'; X;", /shell/],
    [
      'deep core imports its shell',
      'libs/history/src/core/a/x.ts',
      "import { X } from '../../x'; X;",
      /shell/,
    ],
    ['core reads the time', 'libs/history/src/core/x.ts', 'Date.now();', /Time is an argument/],
    ['core makes a date of now', 'libs/history/src/core/x.ts', 'new Date();', /Time is an argument/],
    ['core throws dice', 'libs/history/src/core/x.ts', 'Math.random();', /Randomness/],
    ['core reads the environment', 'libs/history/src/core/x.ts', 'process.env.X;', /environment/],
    [
      'the domain imports something',
      'libs/domain/src/x.ts',
      "import { X } from '@slt/config'; X;",
      /imports nothing/,
    ],
    ['an arrow points back', 'libs/exchange/src/x.ts', "import { X } from '@slt/history'; X;", /one way/],
    [
      'a service imports the emulator',
      'libs/cluster/src/x.ts',
      "import { X } from '@slt/emulator'; X;",
      /one way/,
    ],
    [
      'a lib imports an app',
      'libs/cluster/src/x.ts',
      "import { X } from '../../../apps/trader/src/x'; X;",
      /imports an app/,
    ],
    [
      'a lib goes round the index',
      'libs/cluster/src/x.ts',
      "import { X } from '../../../libs/history/src/x'; X;",
      /by its name/,
    ],
    ['a service reads the environment', 'libs/cluster/src/x.ts', 'process.env.PORT;', /libs\/config/],
  ])('%s', async (_, file, code, expected) => {
    expect(await findings(file, code)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('what is allowed passes', () => {
  it.each([
    [
      'libs/history/src/core/x.ts',
      "import { X } from './y'; import type { Y } from '@slt/domain'; new Date(0); X; type Z = Y;",
    ],
    ['libs/history/src/core/a/x.ts', "import { X } from '../y'; X;"],
    [
      'libs/history/src/x.ts',
      "import { X } from '@slt/exchange'; import fs from 'node:fs'; X; fs; Date.now();",
    ],
    ['apps/trader/src/x.ts', "import { X } from '@slt/cluster'; X;"],
  ])('%s', async (file, code) => {
    expect(await findings(file, code)).toEqual([]);
  });
});
