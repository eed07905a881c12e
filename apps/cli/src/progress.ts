/** How far a long command is: a bar on a terminal, now and then a line elsewhere. On stderr, as all chatter. */
import { SingleBar } from 'cli-progress';
import type { Terminal } from './terminal';

export interface Progress {
  /** @param note what it is at, in a few words */
  update(done: number, total: number, note: string): void;
  /** A line that must not get lost in the bar. */
  say(line: string): void;
  stop(): void;
}

/** Lines are this far apart, so that a log of an hour's work stays readable. */
const LINE_EVERY_MS = 5_000;

export function startProgress(terminal: Terminal, noun: string): Progress {
  return terminal.isTty ? bar(terminal, noun) : lines(terminal, noun);
}

function bar(terminal: Terminal, noun: string): Progress {
  const single = new SingleBar({
    format: `{bar} {percentage}% {value}/{total} ${noun} {note}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: false,
    gracefulExit: false,
    stream: process.stderr,
  });
  single.start(1, 0, { note: '' });
  return {
    update: (done, total, note) => {
      single.setTotal(total);
      single.update(done, { note });
    },
    say: (line) => terminal.say(`\r\u001b[K${line}`),
    stop: () => single.stop(),
  };
}

function lines(terminal: Terminal, noun: string): Progress {
  let last = { done: 0, total: 0, note: '' };
  let saidAt = performance.now();
  let said = -1;
  const say = (): void => {
    said = last.done;
    saidAt = performance.now();
    terminal.say(`${last.done}/${last.total} ${noun} ${last.note}`.trimEnd());
  };
  return {
    update: (done, total, note) => {
      last = { done, total, note };
      if (performance.now() - saidAt >= LINE_EVERY_MS) say();
    },
    say: (line) => terminal.say(line),
    stop: () => {
      if (said !== last.done && last.total > 0) say();
    },
  };
}
