/**
 * What `npm start`, `npm test` and `slt` do before anything else: install when node_modules is missing or older than
 * the lockfile, build when a source is newer than the build. Says nothing and takes milliseconds when nothing is due.
 * Its own words go to stderr: stdout belongs to the command.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const MINIMUM_NODE = [20, 19];
const LOCKFILE = path.join(ROOT, 'package-lock.json');
const INSTALLED = path.join(ROOT, 'node_modules', '.package-lock.json');
const BUILT = path.join(ROOT, 'dist', '.built');
const SOURCES = [
  'apps',
  'libs',
  '.swcrc',
  'nest-cli.json',
  'tsconfig.json',
  'package-lock.json',
  'scripts/build.mjs',
  'scripts/build-dashboard.mjs',
];
/** A build or an install by another process that takes longer than this has died. */
const LOCK_STALE_MS = 10 * 60_000;

/** @throws when this Node.js is too old or the installation fails */
export async function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
    throw new Error(`Node.js ${MINIMUM_NODE.join('.')} or newer is needed; this is ${process.versions.node}`);
  }
  if (isInstalled()) return;
  await withLock('.install.lock', () => {
    if (isInstalled()) return;
    say('installing dependencies (once; takes a minute or so) …');
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { NODE_ENV: 'development' });
  });
}

/** Installs and builds as far as needed. */
export async function ensureBuilt() {
  await ensureInstalled();
  if (isBuilt()) return;
  await withLock('.build.lock', async () => {
    if (isBuilt()) return;
    say('building …');
    const { build } = await import('./build.mjs');
    build();
  });
}

function isInstalled() {
  return existsSync(INSTALLED) && modified(INSTALLED) >= modified(LOCKFILE);
}

function isBuilt() {
  return existsSync(BUILT) && newestOf(SOURCES.map((source) => path.join(ROOT, source))) <= modified(BUILT);
}

/** The newest modification below, folders included: their time changes when a file is added or removed. */
function newestOf(paths) {
  let newest = 0;
  for (const each of paths) {
    if (!existsSync(each)) continue;
    const stat = statSync(each);
    newest = Math.max(newest, stat.mtimeMs);
    if (!stat.isDirectory()) continue;
    for (const entry of readdirSync(each, { withFileTypes: true, recursive: true })) {
      if (entry.name.endsWith('spec.ts')) continue;
      newest = Math.max(newest, modified(path.join(entry.parentPath ?? entry.path, entry.name)));
    }
  }
  return newest;
}

function modified(file) {
  return statSync(file).mtimeMs;
}

/** One process at a time does the work; the others wait and then find it done. */
async function withLock(name, work) {
  const lock = path.join(ROOT, name);
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true });
      else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    writeFileSync(path.join(lock, 'pid'), String(process.pid));
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isAbandoned(lock) {
  try {
    if (Date.now() - modified(lock) > LOCK_STALE_MS) return true;
    process.kill(Number(readFileSync(path.join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    if (error.code === 'ESRCH') return true;
    return false; // its owner has not written its pid yet, or is another user's process
  }
}

export function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`"${command} ${args.join(' ')}" failed with exit code ${status}`);
}

function say(text) {
  process.stderr.write(`selflearningtrader: ${text}\n`);
}
