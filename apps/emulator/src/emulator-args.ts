/** Options of the emulator as a program: flags, else the environment, else defaults. */
import { parseArgs } from 'node:util';
import { AppError } from '@slt/domain';
import type { EmulatorOptions } from '@slt/emulator';

interface Setting {
  readonly flag: string;
  readonly variable: string;
  readonly isNumber?: boolean;
  /** A flag without a value; as a variable anything but 0, false and off. */
  readonly isSwitch?: boolean;
  readonly help: string;
}

const SETTINGS = {
  host: { flag: 'host', variable: 'HOST', help: 'address to listen on (127.0.0.1)' },
  port: { flag: 'port', variable: 'PORT', isNumber: true, help: 'port to listen on (9010)' },
  symbols: {
    flag: 'symbols',
    variable: 'EMULATOR_SYMBOLS',
    isNumber: true,
    help: 'USDT perpetuals that trade (300)',
  },
  seed: { flag: 'seed', variable: 'EMULATOR_SEED', isNumber: true, help: 'same seed, same markets (1)' },
  speed: {
    flag: 'speed',
    variable: 'EMULATOR_SPEED',
    isNumber: true,
    help: '1 is real time, 60 a candle a second (1)',
  },
  replay: {
    flag: 'replay',
    variable: 'EMULATOR_REPLAY',
    help: 'folder of recordings to replay instead of generating',
  },
  hold: {
    flag: 'hold',
    variable: 'EMULATOR_HOLD',
    isSwitch: true,
    help: 'let the clock stand until a trader is ready, or POST /emulator/release',
  },
  latencyMs: {
    flag: 'latency',
    variable: 'EMULATOR_LATENCY_MS',
    isNumber: true,
    help: 'milliseconds that every request takes (0)',
  },
  jitterMs: {
    flag: 'jitter',
    variable: 'EMULATOR_JITTER_MS',
    isNumber: true,
    help: 'up to this many more (0)',
  },
  weightLimit: {
    flag: 'weight-limit',
    variable: 'EMULATOR_WEIGHT_LIMIT',
    isNumber: true,
    help: 'request weight per IP and minute (2400)',
  },
  apiKey: {
    flag: 'api-key',
    variable: 'EMULATOR_API_KEY',
    help: 'API key of the first account (a well-known one)',
  },
  apiSecret: {
    flag: 'api-secret',
    variable: 'EMULATOR_API_SECRET',
    help: 'its secret (a well-known one)',
  },
  initialBalance: {
    flag: 'balance',
    variable: 'EMULATOR_BALANCE',
    help: 'USDT that an account starts with (10000)',
  },
  makerFee: {
    flag: 'maker-fee',
    variable: 'EMULATOR_MAKER_FEE',
    help: "share of a trade's notional (0.0002)",
  },
  takerFee: {
    flag: 'taker-fee',
    variable: 'EMULATOR_TAKER_FEE',
    help: "share of a trade's notional (0.0005)",
  },
  faultScript: {
    flag: 'faults',
    variable: 'EMULATOR_FAULTS',
    help: 'JSON file of faults and their times',
  },
} as const satisfies Partial<Record<keyof EmulatorOptions, Setting>>;

const DEFAULT_PORT = 9010;

export const USAGE = [
  'The emulated exchange as a server of its own.',
  '',
  ...Object.values(SETTINGS).map(
    ({ flag, variable, help }) => `  --${flag.padEnd(14)} ${variable.padEnd(22)} ${help}`,
  ),
  '',
].join('\n');

/**
 * @returns undefined when help is asked for
 * @throws AppError invalid, `EMULATOR.ARGUMENTS`, naming every value that is no number
 */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): EmulatorOptions | undefined {
  const flags = parseFlags(args);
  if (flags.help === true) return undefined;
  const problems: string[] = [];
  const options: Record<string, string | number | boolean> = { port: DEFAULT_PORT };
  for (const [name, setting] of Object.entries(SETTINGS) as [string, Setting][]) {
    const given = flags[setting.flag];
    const text = given === undefined ? environment[setting.variable]?.trim() : String(given);
    if (text === undefined || text === '') continue;
    if (setting.isSwitch === true) {
      options[name] = !['0', 'false', 'off'].includes(text.toLowerCase());
      continue;
    }
    const value = setting.isNumber === true ? Number(text) : text;
    if (Number.isNaN(value))
      problems.push(`--${setting.flag} (${setting.variable}) must be a number, not "${text}"`);
    else options[name] = value;
  }
  if (problems.length === 0) return options;
  throw new AppError('invalid', 'EMULATOR.ARGUMENTS', problems.join('; '));
}

function parseFlags(args: readonly string[]): Record<string, string | boolean | undefined> {
  const flags = (Object.values(SETTINGS) as Setting[]).map(
    ({ flag, isSwitch }) =>
      [flag, { type: isSwitch === true ? ('boolean' as const) : ('string' as const) }] as const,
  );
  try {
    const options = { ...Object.fromEntries(flags), help: { type: 'boolean' as const } };
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (cause) {
    throw new AppError(
      'invalid',
      'EMULATOR.ARGUMENTS',
      cause instanceof Error ? cause.message : String(cause),
    );
  }
}
