/** Where a long result goes, piece by piece: to stdout, or to a file that is there whole or not at all. */
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@slt/domain';
import { UsageError } from './exit';
import type { Terminal } from './terminal';

export interface LineSink {
  /** Resolves when there is room for more; with false when nobody reads any more. */
  write(text: string): Promise<boolean>;
  /** All is written. */
  commit(): Promise<void>;
  /** Undoes what was not committed; nothing after a commit. */
  discard(): Promise<void>;
}

/**
 * @param out undefined: stdout
 * @param input a file that it must not replace
 * @param flag that named it
 * @throws UsageError
 */
export function openSink(
  out: string | undefined,
  input: string,
  terminal: Terminal,
  flag = '--out',
): Promise<LineSink> {
  return out === undefined ? Promise.resolve(terminalSink(terminal)) : openFileSink(out, input, flag);
}

function terminalSink(terminal: Terminal): LineSink {
  const nothing = (): Promise<void> => Promise.resolve();
  return { write: (text) => terminal.out(text), commit: nothing, discard: nothing };
}

async function openFileSink(out: string, input: string, flag: string): Promise<LineSink> {
  const target = await targetOf(out, input, flag);
  const temporary = `${target}.tmp-${process.pid}`;
  try {
    return new FileSink(await open(temporary, 'w'), temporary, target);
  } catch (error) {
    throw new UsageError([`${flag} "${out}" cannot be written: ${(error as Error).message}`]);
  }
}

/** A link's own target is replaced; a device or a folder never. */
async function targetOf(out: string, input: string, flag: string): Promise<string> {
  const found = await stat(out).catch(() => undefined);
  if (found === undefined) return path.resolve(out);
  if (!found.isFile()) throw new UsageError([`${flag} "${out}" is not a file`]);
  const source = await stat(input).catch(() => undefined);
  if (source?.ino === found.ino && source.dev === found.dev) {
    throw new UsageError([`${flag} "${out}" would replace the candles themselves`]);
  }
  return realpath(out);
}

class FileSink implements LineSink {
  private isOpen = true;

  constructor(
    private readonly handle: FileHandle,
    private readonly temporary: string,
    private readonly target: string,
  ) {}

  async write(text: string): Promise<boolean> {
    try {
      await this.handle.writeFile(text);
      return true;
    } catch (error) {
      throw this.failure(error);
    }
  }

  async commit(): Promise<void> {
    try {
      await this.handle.sync();
      await this.close();
      await rename(this.temporary, this.target);
    } catch (error) {
      await rm(this.temporary, { force: true });
      throw this.failure(error);
    }
  }

  async discard(): Promise<void> {
    if (!this.isOpen) return;
    await this.close();
    await rm(this.temporary, { force: true });
  }

  private async close(): Promise<void> {
    this.isOpen = false;
    await this.handle.close();
  }

  private failure(error: unknown): AppError {
    const message = `${this.target} cannot be written: ${(error as Error).message}`;
    return new AppError('transient', 'CLI.UNWRITABLE', message, { cause: error });
  }
}
