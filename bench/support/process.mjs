/** The programs under test, as processes of their own on free ports of the loopback interface. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../dist/apps');

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'slt-bench-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function json(url, init) {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.json() };
}

/** Polls until the check gives something, or fails with the last reason. */
export async function until(check, timeoutMs, everyMs = 5) {
  const deadline = performance.now() + timeoutMs;
  let reason = 'nothing came';
  while (performance.now() < deadline) {
    try {
      const value = await check();
      if (value) return value;
    } catch (error) {
      reason = error.message;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`gave up after ${timeoutMs} ms: ${reason}`);
}

/** As `npm start` and the Dockerfile start the trader. */
const NODE_FLAGS = { trader: ['--max-semi-space-size=4'] };

function start(app, env) {
  const child = spawn(process.execPath, [...(NODE_FLAGS[app] ?? []), path.join(DIST, app, 'src/main.js')], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    pid: child.pid,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

export async function startEmulator(env = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process = start('emulator', { PORT: String(port), ...env });
  await until(async () => (await json(`${url}/emulator/status`)).status === 200, 20_000);
  return { ...process, url, stats: async () => (await json(`${url}/emulator/stats`)).body };
}

/** Resolves once it listens; `ready()` once /health/ready says 200, with the cluster's own account of its phases. */
export async function startTrader(env) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  const process = start('trader', { PORT: String(port), ...env });
  await until(async () => (await fetch(`${url}/health/live`)).ok, 60_000, 2);
  const listeningAt = performance.now();
  return {
    ...process,
    url,
    startMs: listeningAt - startedAt,
    ready: async (timeoutMs = 300_000) => {
      // Rarely enough not to take the time that is measured.
      await until(async () => (await fetch(`${url}/health/ready`)).ok, timeoutMs, 20);
      return {
        afterStartMs: performance.now() - startedAt,
        afterListeningMs: performance.now() - listeningAt,
      };
    },
  };
}

/** Resident memory of a process in MB, by /proc. */
export function residentMb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
}

/** CPU time of a process so far, in ms, by /proc (clock ticks of 10 ms). */
export function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** What klines cost since the emulator started, by its own account. */
export function klineAccount(stats) {
  const path = '/fapi/v1/klines';
  return {
    requests: stats.requests.byPath[path] ?? 0,
    weight: stats.weight.byPath[path] ?? 0,
    refused: stats.rateLimited + stats.bans,
    peakWeight: stats.weight.peak,
  };
}
