/** The emulator as a program: starts, says where it listens, ends with SIGINT or SIGTERM. */
import { Emulator } from './emulator';
import type { EmulatorOptions } from './emulator-options';

export interface RunningEmulator {
  readonly emulator: Emulator;
  /** Resolves when a signal has ended it. */
  readonly ended: Promise<void>;
}

/** @param print where the line with the addresses goes; default: standard output */
export async function runEmulator(
  options: EmulatorOptions = {},
  print: (line: string) => void = (line) => void process.stdout.write(`${line}\n`),
): Promise<RunningEmulator> {
  const emulator = await Emulator.start(options);
  if (options.quiet !== true) print(describe(emulator));
  return { emulator, ended: endWithSignal(emulator) };
}

function describe({ url, wsUrl, speed, source }: Emulator): string {
  return `emulator: REST ${url}  streams ${wsUrl}  admin ${url}/emulator  speed ${speed}  ${source}`;
}

async function endWithSignal(emulator: Emulator): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  let onSignal: () => void = () => undefined;
  await new Promise<void>((resolve) => {
    onSignal = resolve;
    for (const signal of signals) process.once(signal, onSignal);
  });
  for (const signal of signals) process.removeListener(signal, onSignal);
  await emulator.close();
}
