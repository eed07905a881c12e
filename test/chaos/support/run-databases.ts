/** One PostgreSQL for many runs, a fresh database with the journal's tables for each. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppConfig } from '@slt/config';
import { Database, DataDirLock } from '@slt/database';

export class RunDatabases {
  private count = 0;

  private constructor(
    private readonly url: string,
    private readonly database: Database,
    private readonly folder: string,
  ) {}

  static async start(): Promise<RunDatabases> {
    const folder = await mkdtemp(join(tmpdir(), 'slt-crash-db-'));
    const config = Object.assign(new AppConfig(), { DATA_DIR: folder });
    const database = new Database(config, new DataDirLock(config));
    return new RunDatabases(await database.url(), database, folder);
  }

  async create(): Promise<string> {
    const name = `run_${++this.count}`;
    await this.database.query(`create database ${name}`);
    const url = new URL(this.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  async drop(url: string): Promise<void> {
    await this.database.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
  }

  async stop(): Promise<void> {
    await this.database.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
