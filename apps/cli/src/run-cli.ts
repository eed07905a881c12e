/** One run of the command line, from its words to its exit code. */
import { CommanderError } from 'commander';
import type { Environment } from '@slt/config';
import { isAppError } from '@slt/domain';
import { createContext } from './context';
import { EXIT, UsageError } from './exit';
import { createProgram } from './program';
import type { Terminal } from './terminal';

export interface Invocation {
  /** Without node and script. */
  readonly words: readonly string[];
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Aborted by a signal to the process. */
  readonly signal: AbortSignal;
}

/** @returns the exit code; nothing is thrown */
export async function runCli({ words, environment, terminal, signal }: Invocation): Promise<number> {
  let code: number = EXIT.usage;
  const context = createContext(environment, terminal, signal);
  const program = createProgram(context, (result) => (code = result));
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    code = explain(error, { terminal, signal });
  }
  return signal.aborted ? EXIT.interrupted : code;
}

function explain(error: unknown, { terminal, signal }: Pick<Invocation, 'terminal' | 'signal'>): number {
  // Commander has said what is wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.whole : EXIT.usage;
  if (signal.aborted) return EXIT.interrupted;
  if (error instanceof UsageError) {
    terminal.say(`slt: ${error.message}`);
    return EXIT.usage;
  }
  const detail = isAppError(error)
    ? `${error.message} (${error.code})`
    : ((error as Error).stack ?? String(error));
  terminal.say(`slt: ${detail}`);
  return EXIT.findings;
}
