import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { locateBinaries, usableBinaries } from './binaries';
import { canEnter, chooseRunUser, parsePasswd } from './run-user';

const STRANGER = { name: 'stranger', uid: 54_321, gid: 54_321 };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slt-binaries-')); // mode 700: a stranger cannot enter
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the binaries', () => {
  it('run where npm has put them', async () => {
    const { postgres, version } = await usableBinaries([], undefined);
    expect(dirname(dirname(postgres))).toBe(locateBinaries().native);
    expect(execFileSync(postgres, ['--version']).toString()).toContain(version.split('.')[0]);
  });

  it('are copied, links and all, for a user who cannot reach them', async () => {
    const unreachable = { native: join(folder, 'native'), version: '18.0.0' };
    execFileSync('cp', ['-a', locateBinaries().native, unreachable.native]);
    execFileSync('find', [unreachable.native, '-type', 'l', '-delete']); // as npm without scripts leaves it
    const copies = join(folder, 'copies');
    const found = await usableBinaries([join(folder, 'native/bin/postgres'), copies], STRANGER, unreachable);
    expect(found.postgres).toBe(join(copies, 'postgresql-18.0.0/bin/postgres'));
    expect(execFileSync(found.postgres, ['--version']).toString()).toContain('PostgreSQL');
    expect(existsSync(join(copies, 'postgresql-18.0.0/lib/libpq.so.5'))).toBe(true);
    expect(statSync(found.initdb).mode & 0o777).toBe(0o755);
    expect(readdirSync(copies)).toEqual(['postgresql-18.0.0']);
  });

  it('get the links that npm did not make', async () => {
    const native = join(folder, 'native');
    execFileSync('cp', ['-a', locateBinaries().native, native]);
    execFileSync('find', [native, '-type', 'l', '-delete']);
    chmodSync(join(native, 'bin/postgres'), 0o644);
    const { postgres } = await usableBinaries([], undefined, { native, version: '18.0.0' });
    expect(execFileSync(postgres, ['--version']).toString()).toContain('PostgreSQL');
  });

  it('that cannot be used anywhere are an error that says so', async () => {
    const source = { native: join(folder, 'nowhere'), version: '18.0.0' };
    await expect(usableBinaries([], STRANGER, source)).rejects.toMatchObject({
      code: 'DATABASE.NO_BINARIES',
    });
  });
});

describe('the user of the server', () => {
  it('is postgres, else nobody, and only for root', () => {
    const passwd = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n';
    expect(parsePasswd(passwd)).toEqual([
      { name: 'root', uid: 0, gid: 0 },
      { name: 'nobody', uid: 65_534, gid: 65_534 },
    ]);
    const isRoot = process.getuid?.() === 0;
    expect(chooseRunUser(passwd)?.name).toBe(isRoot ? 'nobody' : undefined);
    expect(chooseRunUser(`${passwd}postgres:x:101:104::/:/bin/sh\n`)?.name).toBe(
      isRoot ? 'postgres' : undefined,
    );
  });

  it('must be able to enter every folder above', () => {
    const inner = join(folder, 'open');
    mkdirSync(inner);
    chmodSync(inner, 0o755);
    expect(canEnter(inner, STRANGER)).toBe(false);
    chmodSync(folder, 0o711);
    expect(canEnter(inner, STRANGER)).toBe(true);
    expect(canEnter(join(folder, 'missing'), STRANGER)).toBe(false);
  });
});
