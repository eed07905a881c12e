/** `slt emulator`: the exchange emulator as a server of its own, until it is told to stop. */
import { stat } from 'node:fs/promises';
import { isAppError } from '@slt/domain';
import { Emulator, type EmulatorOptions } from '@slt/emulator';
import type { CommandContext } from './context';
import { EXIT, type ExitCode, UsageError } from './exit';
import { parseInstant } from './dates';

export interface EmulatorFlags {
  readonly host?: string;
  readonly port?: string;
  readonly symbols?: string;
  readonly seed?: string;
  readonly speed?: string;
  readonly replay?: string;
  readonly start?: string;
  readonly hold?: boolean;
  readonly latency?: string;
  readonly jitter?: string;
  readonly weightLimit?: string;
  readonly faults?: string;
  readonly apiKey?: string;
  readonly apiSecret?: string;
  readonly balance?: string;
}

type NumberFlag = 'port' | 'symbols' | 'seed' | 'speed' | 'latency' | 'jitter' | 'weightLimit';

const NUMBERS: Readonly<
  Record<
    NumberFlag,
    { flag: string; option: keyof EmulatorOptions; min: number; max: number; whole: boolean }
  >
> = {
  port: { flag: '--port', option: 'port', min: 0, max: 65_535, whole: true },
  symbols: { flag: '--symbols', option: 'symbols', min: 1, max: 600, whole: true },
  seed: { flag: '--seed', option: 'seed', min: 0, max: Number.MAX_SAFE_INTEGER, whole: true },
  speed: { flag: '--speed', option: 'speed', min: 0.1, max: 3600, whole: false },
  latency: { flag: '--latency', option: 'latencyMs', min: 0, max: 60_000, whole: false },
  jitter: { flag: '--jitter', option: 'jitterMs', min: 0, max: 60_000, whole: false },
  weightLimit: { flag: '--weight-limit', option: 'weightLimit', min: 1, max: 1_000_000, whole: true },
};

/** @throws UsageError naming every problem */
export async function runEmulatorCommand(flags: EmulatorFlags, context: CommandContext): Promise<ExitCode> {
  const options = await parseEmulatorFlags(flags);
  const emulator = await startOr(options);
  try {
    const { url, wsUrl, speed, source } = emulator;
    await context.terminal.out(
      `emulator: REST ${url}  streams ${wsUrl}  admin ${url}/emulator  speed ${speed}  ${source}\n`,
    );
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return EXIT.whole;
  } finally {
    await emulator.close();
  }
}

async function startOr(options: EmulatorOptions): Promise<Emulator> {
  try {
    return await Emulator.start(options);
  } catch (error) {
    if (isAppError(error) && error.kind === 'invalid') throw new UsageError([error.message]);
    throw error;
  }
}

export async function parseEmulatorFlags(flags: EmulatorFlags): Promise<EmulatorOptions> {
  const problems: string[] = [];
  const options: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(NUMBERS)) {
    const text = flags[name as NumberFlag];
    if (text === undefined) continue;
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (value >= rule.min && value <= rule.max && (!rule.whole || Number.isInteger(value)))
      options[rule.option] = value;
    else
      problems.push(
        `${rule.flag} "${text}" must be a ${rule.whole ? 'whole ' : ''}number from ${rule.min} to ${rule.max}`,
      );
  }
  if (flags.host !== undefined) options['host'] = flags.host;
  // Texts: the emulator itself judges them, to the last digit.
  if (flags.apiKey !== undefined) options['apiKey'] = flags.apiKey;
  if (flags.apiSecret !== undefined) options['apiSecret'] = flags.apiSecret;
  if (flags.balance !== undefined) options['initialBalance'] = flags.balance;
  if (flags.start !== undefined) {
    try {
      options['startTime'] = parseInstant(flags.start);
    } catch (error) {
      problems.push(`--start ${(error as Error).message}`);
    }
  }
  await checkPath(problems, '--replay', flags.replay, (what) => what.isDirectory(), 'a folder');
  await checkPath(problems, '--faults', flags.faults, (what) => what.isFile(), 'a file');
  if (problems.length > 0) throw new UsageError(problems);
  return {
    ...options,
    ...(flags.replay !== undefined && { replay: flags.replay }),
    ...(flags.hold === true && { hold: true }),
    ...(flags.faults !== undefined && { faultScript: flags.faults }),
  };
}

type Stats = Awaited<ReturnType<typeof stat>>;

async function checkPath(
  problems: string[],
  flag: string,
  path: string | undefined,
  isRight: (what: Stats) => boolean,
  kind: string,
): Promise<void> {
  if (path === undefined) return;
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !isRight(found)) problems.push(`${flag} "${path}" is not ${kind}`);
}
