/**
 * A PostgreSQL server of our own: started on a free loopback port as a process of its own, adopted when a killed
 * trader left it behind, started again when it dies, stopped in fast mode.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AppError, toAppError } from '@slt/domain';
import { pidRuns } from '../process-identity';
import {
  checkVersion,
  type Cluster,
  clusterExists,
  createCluster,
  resetPassword,
  spawnOptions,
  SUPERUSER,
  tail,
} from './cluster';
import { type Connection, readConnection, writeConnection } from './connection-file';
import { answers } from './answers';
import { placeCluster } from './place';
import { serverArguments, settingsFingerprint } from './settings';

export interface EmbeddedServerOptions {
  readonly dataDir: string;
  readonly warn: (message: string) => void;
}

const START_TIMEOUT_MS = 30_000;
const START_ATTEMPTS = 4;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 5;
const SUPERVISE_MS = 500;
const LOG_LIMIT_BYTES = 5_000_000;

export class EmbeddedServer {
  private connection: Connection | undefined;
  private cluster: Cluster | undefined;
  private supervisor: NodeJS.Timeout | undefined;
  private reviving: Promise<void> | undefined;
  private stopping = false;

  constructor(private readonly options: EmbeddedServerOptions) {}

  /**
   * The DATA_DIR must be this process's own (DataDirLock).
   * @throws AppError `DATABASE.NO_BINARIES`, `.INIT_FAILED`, `.START_FAILED`, `.VERSION`, `.FORBIDDEN`
   */
  async start(): Promise<Connection> {
    this.stopping = false;
    const { dataDir } = this.options;
    const known = await readConnection(dataDir);
    const cluster = (this.cluster = await placeCluster(dataDir));
    const adopted = await this.adopt(cluster, known);
    this.connection = adopted ?? (await this.startAnew(cluster, known));
    this.supervise();
    return this.connection;
  }

  /** Ends the server within about two seconds; open connections are closed, what was committed stays. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.supervisor);
    await this.reviving?.catch(() => undefined);
    const pid = this.connection?.pid;
    this.connection = undefined;
    if (pid !== undefined) await stopServer(pid);
  }

  /** What is running now; undefined before the start and after the stop. */
  get current(): Connection | undefined {
    return this.connection;
  }

  private async adopt(cluster: Cluster, known: Connection | undefined): Promise<Connection | undefined> {
    const running = await readPostmaster(cluster.folder);
    if (running === undefined) return undefined;
    const same =
      known?.folder === cluster.folder && known.settings === settingsFingerprint(cluster.binaries.version);
    if (same && known.port === running.port && (await answers(known))) {
      const connection = { ...known, pid: running.pid };
      if (known.pid !== running.pid) await writeConnection(this.options.dataDir, connection);
      return connection;
    }
    await stopServer(running.pid);
    return undefined;
  }

  private async startAnew(cluster: Cluster, known: Connection | undefined): Promise<Connection> {
    const mine = known?.folder === cluster.folder ? known : undefined;
    const password = mine?.password ?? randomBytes(24).toString('base64url');
    if (!clusterExists(cluster.folder)) await createCluster(cluster, password);
    else if (mine === undefined) await resetPassword(cluster, password);
    checkVersion(cluster);
    await this.rotateLog();
    let failure: unknown;
    for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
      const port = attempt === 0 && mine !== undefined ? mine.port : await freePort();
      try {
        return await this.launch(cluster, { password, port });
      } catch (error) {
        failure = error;
      }
    }
    throw toAppError(failure, 'DATABASE.START_FAILED');
  }

  private async launch(
    cluster: Cluster,
    { password, port }: { password: string; port: number },
  ): Promise<Connection> {
    const pid = await this.spawnServer(cluster, port);
    const connection: Connection = {
      host: '127.0.0.1',
      port,
      user: SUPERUSER,
      password,
      database: 'postgres',
      pid,
      folder: cluster.folder,
      settings: settingsFingerprint(cluster.binaries.version),
    };
    await writeConnection(this.options.dataDir, connection);
    return connection;
  }

  /** Its own session, so that Ctrl-C in a terminal reaches the trader alone, which then stops the server last. */
  private async spawnServer(cluster: Cluster, port: number): Promise<number> {
    const log = openSync(this.logPath, 'a', 0o600);
    let child: ChildProcess;
    try {
      child = spawn(cluster.binaries.postgres, serverArguments(cluster.folder, port), {
        ...spawnOptions(cluster),
        stdio: ['ignore', log, log],
        detached: true,
      });
    } finally {
      closeSync(log);
    }
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`exit ${signal ?? code}`));
    });
    child.unref();
    const outcome = await Promise.race([ended, this.untilReady(cluster.folder, child)]);
    if (outcome !== 'ready') throw await this.startFailed(cluster, outcome);
    return child.pid!;
  }

  private async untilReady(folder: string, child: ChildProcess): Promise<string> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline) {
      if (child.exitCode !== null || child.signalCode !== null) return 'exit';
      const running = await readPostmaster(folder);
      if (running?.ready === true && running.pid === child.pid) return 'ready';
      await pause(POLL_MS);
    }
    if (child.pid !== undefined) await stopServer(child.pid);
    return `not ready after ${START_TIMEOUT_MS} ms`;
  }

  private async startFailed(cluster: Cluster, outcome: string): Promise<AppError> {
    const as = cluster.user === undefined ? '' : ` as ${cluster.user.name}`;
    const log = await readFile(this.logPath, 'utf8').catch(() => '');
    return new AppError(
      'transient',
      'DATABASE.START_FAILED',
      `PostgreSQL did not start${as} on ${cluster.folder} (${outcome}): ${tail(log)}`,
    );
  }

  /** A server that died is started again on the same port, so that every pool finds it. */
  private supervise(): void {
    this.supervisor = setInterval(() => {
      const pid = this.connection?.pid;
      if (this.stopping || this.reviving !== undefined || pid === undefined || pidRuns(pid)) return;
      this.options.warn(`the embedded database (pid ${pid}) has died; starting it again`);
      this.reviving = this.revive()
        .catch((error: Error) => this.options.warn(`the embedded database does not start: ${error.message}`))
        .finally(() => (this.reviving = undefined));
    }, SUPERVISE_MS).unref();
  }

  private async revive(): Promise<void> {
    if (this.cluster === undefined || this.connection === undefined) return;
    const running = await readPostmaster(this.cluster.folder);
    if (running !== undefined && running.pid !== this.connection.pid) await stopServer(running.pid);
    this.connection = await this.launch(this.cluster, this.connection);
  }

  private get logPath(): string {
    return join(this.options.dataDir, 'postgres.log');
  }

  private async rotateLog(): Promise<void> {
    const size = await stat(this.logPath).then(
      (found) => found.size,
      () => 0,
    );
    if (size > LOG_LIMIT_BYTES) await rename(this.logPath, `${this.logPath}.1`);
  }
}

/** The server that runs on the cluster, by its own pid file. */
export async function readPostmaster(
  folder: string,
): Promise<{ pid: number; port: number; ready: boolean } | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => undefined);
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !pidRuns(pid)) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** Fast mode, then immediate mode: both keep what was committed. */
export async function stopServer(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    while (performance.now() < deadline) {
      if (!pidRuns(pid)) return;
      await pause(POLL_MS);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
