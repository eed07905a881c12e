/**
 * Who may trade an account: one process, told apart from all earlier ones by a token that only grows. The time is the
 * database's. A token stays good until another process takes the lease, which it can only once the time has run out
 * (or the holder has died on this machine): a pause of the database alone costs nobody the account.
 */
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { isAlive, ownIdentity, type ProcessIdentity } from '@slt/database';
import { AppError } from '@slt/domain';
import { sql } from 'kysely';
import { modeOfAccount } from './account-id';
import { JournalDatabase, type JournalQueries } from './journal-database';
import { leaseLost } from './lease-lost';

export interface LeaseHolder {
  /** For people, who read it where the lease is refused. */
  readonly name: string;
  readonly identity: ProcessIdentity;
}

export interface LeaseRequest {
  readonly account: string;
  readonly ttlMs: number;
  /** This process unless told otherwise. */
  readonly holder?: LeaseHolder;
}

interface LeaseState {
  readonly token: number;
  readonly holder: LeaseHolder;
  readonly remainingMs: number;
}

export class Lease {
  constructor(
    private readonly database: JournalDatabase,
    readonly account: string,
    readonly token: number,
    readonly ttlMs: number,
    /** On this process's monotonic clock: taken before the database was asked, so never too late. */
    private expiresAt: number,
  ) {}

  /**
   * How long nobody else can have taken it. Not above 0: it may be another's by now, and nothing must be sent to the
   * exchange before it is renewed.
   */
  remainingMs(): number {
    return this.expiresAt - performance.now();
  }

  /** Also after the time has run out, while nobody else has taken it. @throws AppError `TRADING.LEASE_LOST` */
  async renew(): Promise<void> {
    const asked = performance.now();
    const renewed = await this.database.read((db) =>
      db
        .updateTable('trading.lease')
        .set({ expires_at: expiry(this.ttlMs) })
        .where('account', '=', this.account)
        .where('token', '=', String(this.token))
        .returning('token')
        .execute(),
    );
    if (renewed.length === 0) throw leaseLost(this.account, [this.token]);
    this.expiresAt = asked + this.ttlMs;
  }

  /** Gives it up if it is still ours; others may take it at once. */
  async release(): Promise<void> {
    this.expiresAt = -Infinity;
    await this.database.read((db) =>
      db
        .updateTable('trading.lease')
        .set({ expires_at: '-infinity' })
        .where('account', '=', this.account)
        .where('token', '=', String(this.token))
        .execute(),
    );
  }
}

/** What whoever stands on a lease sees of it. */
export type HeldLease = Pick<Lease, keyof Lease>;

@Injectable()
export class Leases {
  constructor(private readonly database: JournalDatabase) {}

  /**
   * Takes what is free, has run out, or was held by a process of this machine that is dead.
   * @throws AppError rejected, `TRADING.LEASE_HELD`: names the holder; may be tried again after `retryAfterMs`
   */
  async acquire(request: LeaseRequest): Promise<Lease> {
    const mode = modeOfAccount(request.account);
    const holder = request.holder ?? ownHolder();
    const asked = performance.now();
    const token = await this.database.read(async (db) => {
      await db
        .insertInto('trading.accounts')
        .values({ id: request.account, mode })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const taken = await take(db, request, holder);
      if (taken !== undefined) return taken;
      const current = await stateOf(db, request.account);
      const isDead = current !== undefined && isAlive(current.holder.identity) === false;
      const inherited = isDead ? await take(db, request, holder, current.token) : undefined;
      return inherited ?? held(request.account, current);
    });
    return new Lease(this.database, request.account, token, request.ttlMs, asked + request.ttlMs);
  }

  /** Who holds it now; undefined: nobody. */
  async holderOf(account: string): Promise<LeaseHolder | undefined> {
    const state = await this.database.read((db) => stateOf(db, account));
    return state === undefined || state.remainingMs <= 0 ? undefined : state.holder;
  }
}

/** @param deadToken of a holder known to be dead: taken from it though its time has not run out */
async function take(
  db: JournalQueries,
  { account, ttlMs }: LeaseRequest,
  { name, identity }: LeaseHolder,
  deadToken?: number,
): Promise<number | undefined> {
  const holding = {
    holder: name,
    place: identity.place,
    pid: identity.pid,
    started_at: identity.startedAt,
    expires_at: expiry(ttlMs),
  };
  const row = await db
    .insertInto('trading.lease')
    .values({ account, token: 1, ...holding })
    .onConflict((conflict) =>
      conflict
        .column('account')
        .doUpdateSet({ ...holding, token: sql<number>`lease.token + 1` })
        .where((where) =>
          where.or([
            where('trading.lease.expires_at', '<=', sql<Date>`clock_timestamp()`),
            where('trading.lease.token', '=', String(deadToken ?? -1)),
          ]),
        ),
    )
    .returning('token')
    .executeTakeFirst();
  return row === undefined ? undefined : Number(row.token);
}

async function stateOf(db: JournalQueries, account: string): Promise<LeaseState | undefined> {
  const row = await db
    .selectFrom('trading.lease')
    .select(['token', 'holder', 'place', 'pid', 'started_at'])
    .select(
      sql<number>`extract(epoch from greatest(expires_at, 'epoch') - clock_timestamp())::float8 * 1000`.as(
        'remaining_ms',
      ),
    )
    .where('account', '=', account)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    token: Number(row.token),
    holder: {
      name: row.holder,
      identity: { place: row.place, pid: row.pid, startedAt: row.started_at },
    },
    remainingMs: row.remaining_ms,
  };
}

const expiry = (ttlMs: number) => sql<string>`clock_timestamp() + ${ttlMs}::float8 * interval '1 ms'`;

function ownHolder(): LeaseHolder {
  const identity = ownIdentity();
  return { name: `process ${identity.pid} on ${hostname()}`, identity };
}

function held(account: string, current: LeaseState | undefined): never {
  const who = current?.holder.name ?? 'another process';
  const remainingMs = Math.max(0, Math.ceil(current?.remainingMs ?? 0));
  throw new AppError(
    'rejected',
    'TRADING.LEASE_HELD',
    `account ${account} is traded by ${who}; its lease runs out in ${remainingMs} ms unless renewed`,
    { retryAfterMs: remainingMs },
  );
}
