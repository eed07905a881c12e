/** `slt`: the process around the command line. */
import 'reflect-metadata';
import { readEnvFile } from '@slt/config';
import { EXIT } from './exit';
import { runCli } from './run-cli';
import { processTerminal } from './terminal';

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

async function main(): Promise<void> {
  try {
    readEnvFile();
  } catch (error) {
    process.stderr.write(`slt: ${(error as Error).message}\n`);
    process.exit(EXIT.usage);
  }
  const abort = new AbortController();
  let interruptedBy: keyof typeof SIGNALS | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait.
      if (interruptedBy !== undefined) process.exit(SIGNALS[signal]);
      interruptedBy = signal;
      abort.abort();
    });
  }
  const code = await runCli({
    words: process.argv.slice(2),
    environment: process.env,
    terminal: processTerminal(),
    signal: abort.signal,
  });
  process.exit(interruptedBy === undefined ? code : SIGNALS[interruptedBy]);
}

void main();
