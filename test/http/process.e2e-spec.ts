/** The built service as a process: how it starts, what it says, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Emulator } from '@slt/emulator';
import { eventually } from '../support/eventually';

const PATIENCE_MS = 60_000;
const MAIN = resolve('dist/apps/trader/src/main.js');

class Process {
  output = '';
  readonly exited: Promise<number | string | null>;

  constructor(private readonly child: ChildProcess) {
    child.stdout!.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exited = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Where it listens, by its own words. */
  url(): Promise<string> {
    return eventually(() => {
      const match = /listening on (http:\/\/[^ ]+)/.exec(this.output);
      if (match === null) throw new Error(`it does not listen: ${this.output}`);
      return match[1]!;
    }, PATIENCE_MS);
  }
}

describe('the process', () => {
  let folder: string;
  const started: Process[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slt-process-'));
    // A database that runs as another user must be able to enter: it stays here, and goes with the folder.
    await chmod(folder, 0o755);
  });
  afterEach(async () => {
    for (const each of started.splice(0)) {
      each.kill('SIGKILL');
      await each.exited;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  const start = (environment: Record<string, string> = {}): Process => {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [MAIN], {
      cwd: folder,
      env: {
        PATH,
        HOME,
        PORT: '0',
        DATA_DIR: join(folder, 'data'),
        EMULATOR_SYMBOLS: '5',
        HISTORY_LIMIT: '100',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const begun = new Process(child);
    started.push(begun);
    return begun;
  };
  const ready = (url: string) =>
    eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, PATIENCE_MS);

  it('is built', () => expect(existsSync(MAIN)).toBe(true));

  it('warms up with no settings, says where to click, and stops with 0', async () => {
    const trader = start();
    const url = await trader.url();
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    await ready(url);
    await eventually(() => expect(trader.output).toMatch(/5 symbols warm in [\d.]+ s .*\/docs/));
    for (const line of trader.output.trim().split('\n'))
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    trader.kill('SIGTERM');
    expect(await trader.exited).toBe(0); // abandoned after five seconds, it would be 1
  });

  it('meets the same exchange after a restart, and uses its cache', async () => {
    const first = start({ EMULATOR_SPEED: '10' });
    await ready(await first.url());
    first.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    const { exchanges } = JSON.parse(await readFile(join(folder, 'data/emulator.json'), 'utf8')) as {
      exchanges: { latestMs: number }[];
    };
    const second = start({ EMULATOR_SPEED: '10' });
    const url = await second.url();
    await ready(url);
    const cluster = (await (await fetch(`${url}/v1/cluster`)).json()) as {
      since: number;
      failures: unknown[];
    };
    expect(cluster.since).toBeGreaterThanOrEqual(exchanges[0]!.latestMs);
    expect(cluster.failures).toEqual([]);
    const { total, valid } = (await (await fetch(`${url}/v1/integrity?fresh=true`)).json()) as {
      total: number;
      valid: number;
    };
    expect(valid).toBe(total);
    second.kill('SIGTERM');
    expect(await second.exited).toBe(0);
  });

  it('names every wrong setting at once, and exits with 2', async () => {
    const trader = start({ PORT: 'eighty', EXCHANGE: 'kraken', HOST: '0.0.0.0' });
    expect(await trader.exited).toBe(2);
    expect(trader.output).toMatch(/PORT(.|\n)*EXCHANGE(.|\n)*API_TOKEN/);
    expect(trader.output).not.toMatch(/\n\s+at /);
  });

  it('reads .env, which the environment overrides', async () => {
    await writeFile(join(folder, '.env'), 'EXCHANGE=kraken\nLOG_LEVEL=shout\n');
    const trader = start({ LOG_LEVEL: 'info' });
    expect(await trader.exited).toBe(2);
    expect(trader.output).toContain('EXCHANGE');
    expect(trader.output).not.toContain('LOG_LEVEL');
  });

  it('lets no second one into its folder', async () => {
    const first = start();
    await first.url();
    const second = start();
    expect(await second.exited).toBe(1);
    expect(second.output).toContain('is in use by process');
    expect(second.output).not.toMatch(/\n\s+at /);
  });

  it('says so when the port is taken', async () => {
    const server: Server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const trader = start({ PORT: String(port) });
    expect(await trader.exited).toBe(1);
    expect(trader.output).toContain(`port ${port} of 127.0.0.1 is in use`);
    server.close();
  });

  it('lives while its exchange is away, and is ready once it has come', async () => {
    const port = await freePort();
    const emulatorPort = await freePort();
    const trader = start({ EMULATOR_URL: `http://127.0.0.1:${emulatorPort}`, PORT: String(port) });
    await eventually(() => expect(trader.output).toContain('cannot start yet'), PATIENCE_MS);
    await eventually(async () => {
      const live = await fetch(`http://127.0.0.1:${port}/health/live`);
      const notReady = await fetch(`http://127.0.0.1:${port}/health/ready`);
      expect([live.status, notReady.status]).toEqual([200, 503]);
      expect(await notReady.json()).toMatchObject({ code: 'EXCHANGE.UNREACHABLE' });
    });
    const emulator = await Emulator.start({ symbols: 4, port: emulatorPort });
    try {
      await ready(await trader.url());
      trader.kill('SIGTERM');
      expect(await trader.exited).toBe(0);
    } finally {
      await emulator.close();
    }
  });

  it('stops with 0 while it waits for its exchange', async () => {
    const trader = start({ EMULATOR_URL: `http://127.0.0.1:${await freePort()}` });
    await eventually(() => expect(trader.output).toContain('cannot start yet'), PATIENCE_MS);
    trader.kill('SIGTERM');
    expect(await trader.exited).toBe(0);
  });

  it('stops at once when asked twice', async () => {
    const trader = start();
    await ready(await trader.url());
    trader.kill('SIGINT');
    trader.kill('SIGINT');
    expect([0, 130]).toContain(await trader.exited);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
