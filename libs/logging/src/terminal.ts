/** Standard output for people and machines: logs, and at most one progress bar that the logs scroll above. */
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { DestinationStream } from 'pino';

export interface Progress {
  done: number;
  total: number;
  note: string;
}

type Format = (line: string) => string;

export class Terminal implements DestinationStream {
  private bars: MultiBar | undefined;
  private bar: SingleBar | undefined;

  private constructor(
    private readonly output: NodeJS.WriteStream,
    private readonly format: Format | undefined,
  ) {}

  /** @param pretty for people, with colours and a bar; else one JSON document a line */
  static async open(
    output: NodeJS.WriteStream = process.stdout,
    pretty: boolean = output.isTTY,
  ): Promise<Terminal> {
    return new Terminal(output, pretty ? await prettyFormat() : undefined);
  }

  get isPretty(): boolean {
    return this.format !== undefined;
  }

  /** Takes one line of pino's. */
  write(line: string): void {
    const text = this.format === undefined ? line : this.format(line);
    if (this.bars === undefined) this.output.write(text);
    else this.bars.log(text);
  }

  /** Draws or moves the bar; nothing where nobody watches. */
  progress({ done, total, note }: Progress): void {
    if (!this.isPretty) return;
    this.bar ??= this.open(total);
    this.bar.setTotal(total);
    this.bar.update(done, { note });
  }

  /** Takes the bar away; what was logged since it was last drawn is written first. */
  endProgress(): void {
    this.bars?.update();
    this.bars?.stop();
    this.bars = undefined;
    this.bar = undefined;
  }

  private open(total: number): SingleBar {
    this.bars = new MultiBar(
      {
        stream: this.output,
        format: '  warming up {bar} {value}/{total} {note}',
        barsize: 40,
        clearOnComplete: true,
        hideCursor: true,
        gracefulExit: false,
        fps: 20,
      },
      Presets.shades_classic,
    );
    return this.bars.create(total, 0, { note: '' });
  }
}

/** Loaded only for people: services log JSON and need none of it. */
async function prettyFormat(): Promise<Format> {
  const { prettyFactory } = await import('pino-pretty');
  return prettyFactory({
    colorize: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'context,hostname,pid',
    messageFormat: '{if context}{context}: {end}{msg}',
  });
}
