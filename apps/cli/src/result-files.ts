/**
 * Where the results of a long command go: into a file that a flag names, as JSON, and in a few lines for people. Opened
 * before the work, so that an output that cannot be written is told of at once.
 */
import { type LineSink, openSink } from './line-sink';
import type { Terminal } from './terminal';

export interface ResultFlags {
  /** Undefined: not asked for. */
  readonly file: string | undefined;
  /** That named the file. */
  readonly flag: string;
  /** `-`: stdout; undefined: not asked for. */
  readonly json: string | undefined;
}

export class ResultFiles {
  private constructor(
    private readonly terminal: Terminal,
    private readonly file: LineSink | undefined,
    private readonly json: LineSink | undefined,
    private readonly isJsonOut: boolean,
  ) {}

  /** To be closed. @throws UsageError */
  static async open({ file, flag, json }: ResultFlags, terminal: Terminal): Promise<ResultFiles> {
    const isJsonOut = json === '-';
    const page = file === undefined ? undefined : await openSink(file, '', terminal, flag);
    try {
      const target = isJsonOut ? undefined : json;
      const sink = json === undefined ? undefined : await openSink(target, '', terminal, '--json');
      return new ResultFiles(terminal, page, sink, isJsonOut);
    } catch (error) {
      await page?.discard();
      throw error;
    }
  }

  get hasFile(): boolean {
    return this.file !== undefined;
  }

  /** @param textOf is not asked where nobody wants the file */
  async writeFile(textOf: () => string): Promise<void> {
    if (this.file !== undefined) await writeWhole(this.file, textOf());
  }

  /** As writeFile. */
  async writeJson(valueOf: () => unknown): Promise<void> {
    if (this.json !== undefined) await writeWhole(this.json, `${JSON.stringify(valueOf())}\n`);
  }

  /** On stdout, unless that is the JSON's. */
  async tell(lines: readonly string[]): Promise<void> {
    if (this.isJsonOut) for (const line of lines) this.terminal.say(`slt: ${line}`);
    else await this.terminal.out(`${lines.join('\n')}\n`);
  }

  /** What was not written leaves no trace. */
  async close(): Promise<void> {
    await this.file?.discard();
    await this.json?.discard();
  }
}

async function writeWhole(sink: LineSink, text: string): Promise<void> {
  if (await sink.write(text)) await sink.commit();
}
