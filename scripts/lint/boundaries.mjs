/**
 * Who may import whom. One table, one sentence a rule; a test plants a violation of each and sees it found.
 */

/** A lib imports only the libs named here; an arrow never points back, so there are no circles. */
const MAY_IMPORT = {
  domain: [],
  config: ['domain'],
  logging: ['domain', 'config'],
  emulator: ['domain'],
  smc: ['domain'],
  database: ['domain', 'config'],
  queue: ['domain', 'config', 'database'],
  notifications: ['domain', 'config', 'database', 'queue'],
  exchange: ['domain', 'config', 'database'],
  history: ['domain', 'config', 'database', 'queue', 'exchange'],
  integrity: ['domain', 'config', 'database', 'exchange', 'history'],
  trading: ['domain', 'config', 'database', 'exchange', 'smc'],
  cluster: ['domain', 'config', 'database', 'exchange', 'history', 'integrity', 'smc'],
  intelligence: ['domain', 'config', 'database', 'exchange', 'smc', 'trading'],
  backtest: [
    'domain',
    'config',
    'database',
    'queue',
    'exchange',
    'history',
    'integrity',
    'smc',
    'trading',
    'intelligence',
  ],
};

const NO_APPS = { regex: '(^|/)apps/', message: 'Nobody imports an app: move what is shared into a lib.' };
const NO_RELATIVE_LIBS = {
  regex: '^\\.{1,2}/(.*/)?libs/|^(\\.\\./){4,}',
  message: 'A lib is imported by its name, @slt/…, which is its index.',
};

function libRules([lib, allowed]) {
  const forbidden = Object.keys(MAY_IMPORT).filter((other) => other !== lib && !allowed.includes(other));
  return {
    files: [`libs/${lib}/src/**/*.ts`],
    ignores: ['**/*.spec.ts', 'libs/*/src/core/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [...libPatterns(lib, forbidden), NO_APPS, NO_RELATIVE_LIBS] },
      ],
    },
  };
}

function libPatterns(lib, forbidden) {
  if (forbidden.length === 0) return [];
  return [
    {
      regex: `^@slt/(${forbidden.join('|')})(/|$)`,
      message: `The lib "${lib}" may import ${MAY_IMPORT[lib].join(', ') || 'no other lib'}: data flows one way.`,
    },
  ];
}

/** @param depth how many folders below core/ the file lies */
function coreRules(depth) {
  return {
    files: [`libs/*/src/core/${'*/'.repeat(depth)}*.ts`],
    ignores: ['**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\.{1,2}/|@slt/domain$|@slt/smc$|@slt/trading$|big\\.js$|simple-statistics$|ml-)',
              message:
                'core/ is plain TypeScript: its own files, the domain, exact decimals and statistics, no framework and no node:*.',
            },
            {
              regex: '^@slt/(smc|trading)$',
              allowTypeImports: true,
              message: 'core/ knows the words of SMC and of trading, not what works with them.',
            },
            { regex: `^(\\.\\./){${depth + 1}}`, message: 'core/ does not import the shell around it.' },
          ],
        },
      ],
    },
  };
}

const PURE = ['libs/*/src/core/**/*.ts', 'libs/domain/src/**/*.ts'];

export const boundaries = [
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: ['**/*.spec.ts', 'libs/config/**', 'apps/*/src/main.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only libs/config reads the environment.' },
      ],
    },
  },
  ...Object.entries(MAY_IMPORT).map(libRules),
  ...[0, 1, 2].map(coreRules),
  {
    files: ['libs/domain/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^[^.]', message: 'The domain imports nothing.' }] },
      ],
    },
  },
  {
    files: PURE,
    ignores: ['**/*.spec.ts', 'libs/domain/src/clock.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'The environment is an argument.' },
        { name: 'setTimeout', message: 'Time is an argument.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time is an argument.' },
        { object: 'performance', property: 'now', message: 'Time is an argument.' },
        { object: 'Math', property: 'random', message: 'Randomness is an argument.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Time is an argument.',
        },
      ],
    },
  },
];
