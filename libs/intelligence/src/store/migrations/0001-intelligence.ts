/**
 * What was learned, from nothing. One text, sent at once: a statement each would be ten round trips. Ids compare by bytes
 * ("C"), the same on every server. Snapshots and states are `json`, not `jsonb`: numbers stay as they were written.
 */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const MARKET = 'market text collate "C" not null';

const DDL = `
create table intelligence.samples (
  ${MARKET},
  id text collate "C" not null,
  symbol text not null,
  setup text not null,
  direction text not null check (direction in ('long', 'short')),
  at bigint not null,
  closed_at bigint not null check (closed_at > at),
  feature_version integer not null,
  features double precision[] not null,
  reward_r double precision not null,
  cost_r double precision not null,
  r double precision not null check (r not in ('NaN', 'Infinity', '-Infinity')),
  barrier text not null,
  source text not null check (source in ('real', 'virtual')),
  primary key (market, id)
);
create index on intelligence.samples (market, closed_at desc, id desc);

create table intelligence.models (
  ${MARKET},
  id text collate "C" not null,
  kind text not null,
  status text not null check (status in ('champion', 'challenger', 'retired')),
  created_at bigint not null,
  feature_version integer not null,
  trained_from bigint not null,
  trained_to bigint not null,
  trained_samples integer not null,
  seed bigint not null,
  hyperparameters json not null,
  metrics json not null,
  comparison json,
  state json not null,
  primary key (market, id)
);
create unique index on intelligence.models (market) where status = 'champion';
create index on intelligence.models (market, created_at desc, id desc);

create table intelligence.promotions (
  ${MARKET},
  seq bigint generated always as identity,
  at bigint not null,
  model text not null,
  previous text not null,
  reason text not null,
  detail text not null,
  primary key (market, seq)
);

create table intelligence.learners (
  ${MARKET} primary key,
  saved_at bigint not null,
  snapshot json not null
);
`;

export const intelligenceMigration: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql.raw(DDL).execute(db);
  },
};
