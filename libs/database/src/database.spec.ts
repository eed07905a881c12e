import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppConfig } from '@slt/config';
import { eventually } from '../../../test/support/eventually';
import { DataDirLock } from './data-dir-lock';
import { Database, type DatabaseOptions } from './database';
import { connectionPath, readConnection } from './embedded/connection-file';
import { readPostmaster } from './embedded/embedded-server';
import { pidRuns } from './process-identity';

let dataDir: string;
const opened: Database[] = [];

function configOf(folder: string, url?: string): AppConfig {
  return Object.assign(new AppConfig(), { DATA_DIR: folder }, url === undefined ? {} : { DATABASE_URL: url });
}

function open(options: DatabaseOptions = {}, url?: string, folder = dataDir): Database {
  const config = configOf(folder, url);
  const database = new Database(config, new DataDirLock(config), options);
  opened.push(database);
  return database;
}

function serverPid(): Promise<number | undefined> {
  return readConnection(dataDir).then((connection) => connection?.pid);
}

interface Holder {
  /** The first line it prints. */
  said(): Promise<string>;
  kill(): Promise<void>;
}

function hold(): Holder {
  const script = join(__dirname, 'testing', 'hold-database.ts');
  const runner = join(__dirname, '../../../test/support/run-ts.cjs');
  const child = spawn(process.execPath, ['--require', runner, script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    said: () => eventually(() => /(started|failed) .*\n/.exec(text)?.[0].trim() ?? false) as Promise<string>,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'slt-database-'));
});

afterEach(async () => {
  for (const database of opened.splice(0).reverse()) await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the embedded database', () => {
  it('starts, keeps what was committed over a stop, and stops its server', async () => {
    const first = open();
    await first.query('create table kept (value int)');
    await first.query('insert into kept values (42)');
    const pid = await serverPid();
    await first.close();
    expect(pidRuns(pid!)).toBe(false);
    const { rows } = await open().query<{ value: number }>('select value from kept');
    expect(rows).toEqual([{ value: 42 }]);
  });

  it('keeps fsync and full durability, and listens on loopback alone', async () => {
    const database = open();
    for (const [name, value] of [
      ['fsync', 'on'],
      ['synchronous_commit', 'on'],
      ['full_page_writes', 'on'],
      ['listen_addresses', '127.0.0.1'],
    ] as const) {
      const { rows } = await database.query<Record<string, string>>(`show ${name}`);
      expect(Object.values(rows[0]!)).toEqual([value]);
    }
  });

  it('keeps the password to the owner of the file, and asks for it', async () => {
    const database = open();
    const url = new URL(await database.url());
    expect(statSync(connectionPath(dataDir)).mode & 0o777).toBe(0o600);
    url.password = 'wrong';
    const intruder = open({ waitMs: 0 }, url.href, mkdtempSync(join(dataDir, 'other-')));
    await expect(intruder.url()).rejects.toMatchObject({ code: 'DATABASE.FORBIDDEN' });
  });

  it('refuses a second owner and names the first', async () => {
    await open().url();
    await expect(open().url()).rejects.toMatchObject({
      code: 'DATA_DIR.IN_USE',
      message: expect.stringContaining(`process ${process.pid}`) as unknown,
    });
  });

  it('serves guests, who wait for it and say so when it does not come', async () => {
    await expect(open({ role: 'guest', waitMs: 50 }).url()).rejects.toMatchObject({
      kind: 'transient',
      code: 'DATABASE.NOT_RUNNING',
    });
    const early = open({ role: 'guest', waitMs: 60_000 });
    const url = early.url();
    expect(await open().url()).toBe(await url);
    expect(await open({ role: 'either' }).url()).toBe(await url);
    await early.close();
    expect(pidRuns((await serverPid())!)).toBe(true);
  });

  it('comes back on the same port after its server was killed, and the pool with it', async () => {
    const database = open();
    await database.query('create table kept as select 7 as value');
    const pool = await database.pool();
    const idle = await Promise.all([pool.connect(), pool.connect()]);
    idle.forEach((client) => client.release());
    const lent = await pool.connect(); // nobody listens to its errors
    const pid = (await serverPid())!;
    process.kill(pid, 'SIGKILL');
    await expect(
      eventually(async () => (await database.health()).up || (await database.query('select 1'))),
    ).resolves.toBeTruthy();
    await eventually(async () => (await serverPid()) !== pid);
    lent.release(true);
    const { rows } = await eventually(() => database.query<{ value: number }>('select value from kept'));
    expect(rows).toEqual([{ value: 7 }]);
  });

  it('sets a new password when the connection file is lost or unreadable', async () => {
    const first = open();
    await first.query('create table kept as select 1 as value');
    await first.close();
    writeFileSync(connectionPath(dataDir), '{"port":');
    const { rows } = await open().query<{ value: number }>('select value from kept');
    expect(rows).toEqual([{ value: 1 }]);
  });

  it('names the statement’s trouble, not its values', async () => {
    const database = open();
    await expect(database.query('select $1::text from nowhere', ['secret'])).rejects.toMatchObject({
      kind: 'broken-invariant',
      code: 'DATABASE.STATEMENT_FAILED',
      message: expect.not.stringContaining('secret') as unknown,
    });
  });

  it('says what is wrong with a cluster of another version', async () => {
    const folder = join(dataDir, 'postgres');
    mkdirSync(folder);
    writeFileSync(join(folder, 'PG_VERSION'), '9\n');
    writeFileSync(
      connectionPath(dataDir),
      JSON.stringify({
        host: 'h',
        port: 1,
        user: 'u',
        password: 'p',
        database: 'd',
        pid: 1,
        folder,
        settings: '',
      }),
    );
    await expect(open().url()).rejects.toMatchObject({ code: 'DATABASE.VERSION' });
  });
});

describe('a killed owner', () => {
  it.each([
    ['leaves a server that the next owner adopts', 'kept', true],
    ['leaves a server that the next owner stops when it cannot log in', 'lost', false],
  ])('%s', async (_, connection, adopted) => {
    const child = hold();
    expect(await child.said()).toMatch(/^started/);
    const pid = (await serverPid())!;
    await child.kill();
    expect(pidRuns(pid)).toBe(true);
    if (connection === 'lost') rmSync(connectionPath(dataDir));
    const next = open();
    await next.query('select 1');
    expect((await serverPid()) === pid).toBe(adopted);
    await next.close();
    await eventually(() => !pidRuns(pid));
  });

  it('is replaced by exactly one of several that start at once', async () => {
    await (async () => {
      const first = hold();
      await first.said();
      await first.kill();
    })();
    const rivals = [hold(), hold(), hold()];
    const words = await Promise.all(rivals.map((child) => child.said()));
    expect(words.map((text) => text.split(' ').slice(0, 2).join(' ').replace(/\d+/, 'N')).sort()).toEqual([
      'failed DATA_DIR.IN_USE',
      'failed DATA_DIR.IN_USE',
      'started N',
    ]);
    for (const child of rivals) await child.kill();
    await open().url();
  });
});

describe('a PostgreSQL server elsewhere', () => {
  it('is used by DATABASE_URL, without a server of our own', async () => {
    const server = open();
    const url = await server.url();
    const folder = mkdtempSync(join(dataDir, 'other-'));
    const client = open({}, url, folder);
    expect(await client.url()).toBe(url);
    expect((await client.health()).detail).toContain(new URL(url).host);
    expect(await readPostmaster(join(folder, 'postgres'))).toBeUndefined();
  });

  it('that is not there fails the start after the wait, without the password in the text', async () => {
    const missing = open({ waitMs: 50 }, 'postgresql://me:verysecret@127.0.0.1:1/postgres');
    await expect(missing.url()).rejects.toMatchObject({
      kind: 'transient',
      code: 'DATABASE.UNREACHABLE',
      message: expect.not.stringContaining('verysecret') as unknown,
    });
    expect(await missing.health()).toMatchObject({ up: false });
  });
});
