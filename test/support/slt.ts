/** The command line under test: `slt` as a process in a folder of its own, ended with the test that started it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SLT = path.resolve(__dirname, '../../bin/slt.mjs');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has said so far. */
  readonly so: { out: string; err: string };
  readonly ended: Promise<Ended>;
}

export class SltUnderTest {
  private readonly running = new Set<ChildProcessWithoutNullStreams>();
  private current = tmpdir();

  constructor(private readonly environment: Readonly<Record<string, string>> = {}) {}

  /** Where the process runs: a new one for each test. */
  get folder(): string {
    return this.current;
  }

  /** Registers its hooks with the suite that it is made in. */
  install(): this {
    // Whatever is to be built is built now, and its chatter is nobody's here.
    beforeAll(() => this.run('--help'));
    beforeEach(() => {
      this.current = mkdtempSync(path.join(tmpdir(), 'slt-cli-'));
    });
    afterEach(() => {
      for (const child of this.running) child.kill('SIGKILL');
      this.running.clear();
      rmSync(this.current, { recursive: true, force: true });
    });
    return this;
  }

  start(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Started {
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', ...this.environment, ...environment };
    const child = spawn(process.execPath, [SLT, ...words], { env, cwd: this.current });
    this.running.add(child);
    const so = { out: '', err: '' };
    child.stdout.on('data', (text) => (so.out += text));
    child.stderr.on('data', (text) => (so.err += text));
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code) => {
        this.running.delete(child);
        resolve({ code, ...so });
      });
    });
    return { child, so, ended };
  }

  /** @param words separated by spaces */
  run(words: string, environment?: Readonly<Record<string, string>>): Promise<Ended> {
    return this.start(words.split(' ').filter(Boolean), environment).ended;
  }
}
