/** Where a command writes. Its result goes to stdout, and nothing else does. */

export interface Terminal {
  readonly isTty: boolean;
  /** Resolves when it is written; with false when the reader has gone away. */
  out(text: string): Promise<boolean>;
  /** A line for the person at the terminal. */
  say(line: string): void;
}

/** The process's own streams. A reader that has gone away (EPIPE, as with `| head`) is no error. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    isTty: process.stderr.isTTY === true,
    out: (text) => new Promise((resolve) => process.stdout.write(text, (error) => resolve(!error))),
    say: (line) => void process.stderr.write(`${line}\n`),
  };
}
