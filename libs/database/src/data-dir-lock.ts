/** One trader per DATA_DIR: two would write the same cache and drive the same database. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { AppError } from '@slt/domain';
import { FOREIGN_STALE_MS, type HeldLock, tryLock } from './file-lock';
import { ownIdentity } from './process-identity';

/** In DATA_DIR; everything that processes lock there is locked in it. */
export const LOCK_FOLDER = '.locks';

const HEARTBEAT_MS = 2_000;
const RETRY_MS = 100;

@Injectable()
export class DataDirLock {
  private held: HeldLock | undefined;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(private readonly config: AppConfig) {}

  get folder(): string {
    return resolve(this.config.DATA_DIR);
  }

  get isHeld(): boolean {
    return this.held !== undefined;
  }

  /**
   * Takes the folder for this process; once more is harmless. A holder that was killed is no holder.
   * @throws AppError rejected, `DATA_DIR.IN_USE`; invalid, `DATA_DIR.NOT_WRITABLE`
   */
  async acquire(): Promise<void> {
    if (this.held !== undefined) return;
    const locks = join(this.folder, LOCK_FOLDER);
    await createFolder(locks);
    const deadline = performance.now() + FOREIGN_STALE_MS + HEARTBEAT_MS;
    for (;;) {
      const attempt = tryLock(join(locks, 'trader.lock'));
      if (attempt.held) {
        this.held = attempt.lock;
        this.heartbeat = setInterval(() => attempt.lock.touch(), HEARTBEAT_MS).unref();
        return;
      }
      const elsewhere = attempt.holder !== undefined && attempt.holder.place !== ownIdentity().place;
      if (!elsewhere || performance.now() > deadline) throw this.inUse(attempt.holder?.pid, elsewhere);
      await new Promise((wake) => setTimeout(wake, RETRY_MS));
    }
  }

  release(): void {
    clearInterval(this.heartbeat);
    this.held?.release();
    this.held = undefined;
  }

  private inUse(pid: number | undefined, elsewhere: boolean): AppError {
    const who = `process ${pid ?? '(unknown)'}${elsewhere ? ' of another container or machine' : ''}`;
    return new AppError(
      'rejected',
      'DATA_DIR.IN_USE',
      `${this.folder} is in use by ${who}; stop it, or set DATA_DIR to a folder of its own`,
    );
  }
}

async function createFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new AppError(
      'invalid',
      'DATA_DIR.NOT_WRITABLE',
      `DATA_DIR=${folder} cannot be created: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
