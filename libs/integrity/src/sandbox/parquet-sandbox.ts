/**
 * Reads Parquet in a process of its own, because some corrupt files do not throw but abort: a try/catch and a worker
 * thread are no help then. One child serves many files; when it dies, hangs or eats too much, that is the verdict on the
 * file it had in hand, and the next file gets a new child.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

export interface ParsedParquet {
  readonly kind: 'parsed';
  readonly schema: readonly { readonly name: string; readonly type: string }[];
  /** Columns of the right name and type and without nulls; `timestamp` as numbers. */
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly nulls: Readonly<Record<string, number>>;
  /** As the file claims; not to be trusted. */
  readonly rows: number;
}

export type ParquetAnswer =
  | ParsedParquet
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'crashed'; readonly reason: string }
  | { readonly kind: 'timeout'; readonly timeoutMs: number };

export interface SandboxOptions {
  /** Wall time for one file. */
  readonly timeoutMs?: number;
  /** What a child may allocate beyond its programs' text. */
  readonly memoryMiB?: number;
  /** The program to run, for tests. */
  readonly script?: string;
}

const SCRIPT = path.join(__dirname, 'parquet-child.cjs');
const DEFAULTS = { timeoutMs: 20_000, memoryMiB: 2048, script: SCRIPT };

export class ParquetSandbox {
  private readonly options: Required<SandboxOptions>;
  private child: ChildProcess | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private lastId = 0;
  private closed = false;

  constructor(options: SandboxOptions = {}) {
    this.options = { ...DEFAULTS, ...options };
  }

  /** One file at a time; callers may ask for many at once. Never rejects because of what the bytes are. */
  read(bytes: Uint8Array): Promise<ParquetAnswer> {
    const answer = this.queue.then(() => this.ask(bytes));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  /** Ends the child; the sandbox is of no use afterwards. */
  close(): void {
    this.closed = true;
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private ask(bytes: Uint8Array): Promise<ParquetAnswer> {
    if (this.closed) return Promise.resolve({ kind: 'crashed', reason: 'the check was stopped' });
    const child = (this.child ??= startChild(this.options));
    const id = ++this.lastId;
    return new Promise((resolve) => {
      const settle = (answer: ParquetAnswer, childIsLost: boolean): void => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit).off('error', onError);
        if (childIsLost) this.discard(child);
        resolve(answer);
      };
      const onMessage = (message: unknown): void => {
        const reply = message as { id: number; answer: ParquetAnswer };
        if (reply.id === id) settle(reply.answer, false);
      };
      const onExit = (code: number | null, signal: string | null): void =>
        settle({ kind: 'crashed', reason: signal ?? `exit code ${code}` }, true);
      const onError = (error: Error): void => settle({ kind: 'crashed', reason: error.message }, true);
      const { timeoutMs } = this.options;
      const timer = setTimeout(() => settle({ kind: 'timeout', timeoutMs }, true), timeoutMs);
      child.on('message', onMessage).on('exit', onExit).on('error', onError);
      child.send({ id, bytes }, (error) => {
        if (error) onError(error);
      });
    });
  }

  private discard(child: ChildProcess): void {
    child.on('error', () => undefined); // what a dying child still has to say
    child.kill('SIGKILL');
    if (this.child === child) this.child = undefined;
  }
}

function startChild(options: Required<SandboxOptions>): ChildProcess {
  const node = [process.execPath, '--max-old-space-size=512', options.script];
  // A memory limit needs a shell's ulimit; where there is none the time limit has to do.
  const limited = ['/bin/sh', '-c', 'ulimit -d "$0" 2>/dev/null; ulimit -c 0; exec "$@"'];
  const [command, ...args] =
    process.platform === 'win32' ? node : [...limited, String(options.memoryMiB * 1024), ...node];
  const child = spawn(command!, args, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    env: { POLARS_MAX_THREADS: '1', RAYON_NUM_THREADS: '1' },
  });
  child.unref();
  child.channel?.unref();
  return child;
}
