import { execFileSync, spawn } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../test/support/eventually';
import { tryLock, withFileLock } from './file-lock';
import { isAlive, ownIdentity } from './process-identity';

const RUNNER = join(__dirname, '../../../test/support/run-ts.cjs');

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slt-lock-'));
  path = join(folder, 'a.lock');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a file lock', () => {
  it('has one holder until it is released', () => {
    const first = tryLock(path);
    expect(tryLock(path)).toEqual({ held: false, holder: ownIdentity() });
    if (first.held) first.lock.release();
    expect(tryLock(path).held).toBe(true);
  });

  it('is free when its holder is dead, though the pid lives on in another process', () => {
    const { place, pid } = ownIdentity();
    for (const text of [`slt:${place}:999999999:1:t`, `slt:${place}:${pid}:1:t`]) {
      writeFileSync(path, text);
      const taken = tryLock(path);
      expect(taken.held).toBe(true);
      if (taken.held) taken.lock.release();
    }
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^holder-/)]);
  });

  it('of another container is not taken while it may live', () => {
    writeFileSync(path, 'slt:elsewhere:1:1:t');
    expect(tryLock(path)).toMatchObject({ held: false, holder: { place: 'elsewhere', pid: 1 } });
    expect(isAlive({ place: 'elsewhere', pid: 1, startedAt: '1' })).toBeUndefined();
  });

  it('survives an unreadable lock file, after a while', async () => {
    writeFileSync(path, 'garbage');
    expect(tryLock(path).held).toBe(false);
    await eventually(() => tryLock(path).held);
  });

  it('does not mind that its folder was removed and made again', () => {
    const first = tryLock(path);
    if (first.held) first.lock.release();
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    expect(tryLock(path).held).toBe(true);
  });

  it('of a killed process is swept with its mark', () => {
    writeFileSync(join(folder, 'holder-1-x'), `slt:${ownIdentity().place}:999999999:1:1-x`);
    linkSync(join(folder, 'holder-1-x'), path);
    const taken = tryLock(path);
    if (taken.held) taken.lock.release();
    expect(readdirSync(folder)).toEqual([expect.stringMatching(`^holder-${process.pid}-`)]);
  });

  it('releases only its own', () => {
    const first = tryLock(path);
    rmSync(path);
    writeFileSync(path, 'slt:elsewhere:1:1:t');
    if (first.held) first.lock.release();
    expect(readFileSync(path, 'utf8')).toBe('slt:elsewhere:1:1:t');
  });

  it('says who holds it too long', async () => {
    tryLock(path);
    await expect(withFileLock(path, 30, () => Promise.resolve())).rejects.toMatchObject({
      kind: 'transient',
      code: 'LOCK.TIMEOUT',
    });
  });

  it('keeps processes apart, some of which are killed in the midst', async () => {
    const counter = join(folder, 'counter');
    writeFileSync(counter, '0');
    const script = `
      const { withFileLock } = require(${JSON.stringify(join(__dirname, 'file-lock.ts'))});
      const fs = require('node:fs');
      (async () => {
        for (let i = 0; i < 200; i++) await withFileLock(${JSON.stringify(path)}, 20000, async () => {
          const value = Number(fs.readFileSync(${JSON.stringify(counter)}, 'utf8'));
          await new Promise((resolve) => setImmediate(resolve));
          fs.writeFileSync(${JSON.stringify(`${counter}.`)} + process.pid, String(value + 1));
          fs.renameSync(${JSON.stringify(`${counter}.`)} + process.pid, ${JSON.stringify(counter)});
          process.stdout.write('x');
        });
      })();`;
    const start = () =>
      spawn(process.execPath, ['--require', RUNNER, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let written = 0;
    const workers = [start(), start(), start(), start()];
    const ended = workers.map((child) => {
      child.stdout.on('data', (chunk: Buffer) => (written += chunk.length));
      return new Promise((resolve) => child.once('close', resolve));
    });
    await eventually(() => written > 100);
    workers[0]!.kill('SIGKILL');
    await eventually(() => written > 200);
    workers[1]!.kill('SIGKILL');
    await Promise.all(ended);
    const counted = Number(readFileSync(counter, 'utf8'));
    // A killed worker may have counted once without saying so.
    expect(counted - written).toBeGreaterThanOrEqual(0);
    expect(counted - written).toBeLessThanOrEqual(2);
    expect(counted).toBeGreaterThanOrEqual(400);
  });

  it('tells a zombie from the living', async () => {
    const pid = Number(execFileSync('/bin/sh', ['-c', 'sleep 0 & echo $!']).toString());
    await eventually(() => isAlive({ ...ownIdentity(), pid, startedAt: '' }) === false);
  });
});
