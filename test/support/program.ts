/** A built program as a process of its own: what it says, what becomes of it, and how to end it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { eventually } from './eventually';

/** Where the build is; another place for those who must not be disturbed by the next build. */
const DIST = resolve(process.env['SLT_DIST'] ?? 'dist');

export type ProgramName = 'trader' | 'worker' | 'cli';

export class Program {
  output = '';
  readonly exited: Promise<number | NodeJS.Signals>;
  private ended = false;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exited = new Promise((done) =>
      child.once('exit', (code, signal) => {
        this.ended = true;
        done(signal ?? code ?? -1);
      }),
    );
  }

  static start(
    name: ProgramName,
    environment: Readonly<Record<string, string>>,
    args: readonly string[] = [],
  ): Program {
    const { PATH = '', HOME = '' } = process.env;
    return new Program(
      spawn(process.execPath, [join(DIST, 'apps', name, 'src', 'main.js'), ...args], {
        cwd: environment['DATA_DIR'],
        env: { PATH, HOME, PORT: '0', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  get isRunning(): boolean {
    return !this.ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** @returns what it exited with */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | NodeJS.Signals> {
    this.signal(signal);
    return this.exited;
  }

  /** The first text that matches, once it has been said. */
  async said(pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    return eventually(() => {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      throw new Error(`it ${this.ended ? 'has ended and ' : ''}did not say ${pattern}: ${this.tail()}`);
    }, timeoutMs);
  }

  /** Where the trader listens, by its own words. */
  async url(): Promise<string> {
    return (await this.said(/listening on (http:\/\/[^ ]+)/))[1]!;
  }

  tail(lines = 15): string {
    return this.output.trim().split('\n').slice(-lines).join('\n');
  }
}
