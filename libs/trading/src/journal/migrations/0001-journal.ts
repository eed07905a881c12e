/**
 * The journal from nothing. One text, sent at once: a statement each would be thirty round trips at the first start.
 * Ids compare by bytes ("C"), the same on every server; `exact` is a number without NaN and infinity.
 */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const ACCOUNT = 'account text collate "C" not null references trading.accounts (id)';

const DDL = `
create domain trading.exact as numeric check (value not in ('NaN', 'Infinity', '-Infinity'));

create table trading.accounts (
  id text collate "C" primary key,
  mode text not null check (mode in ('paper', 'live') and mode = split_part(id, ':', 1)),
  initial_balance trading.exact
);

create table trading.lease (
  ${ACCOUNT} primary key,
  token bigint not null,
  holder text not null,
  place text not null,
  pid integer not null,
  started_at text not null,
  expires_at timestamptz not null
);

create table trading.signals (
  ${ACCOUNT},
  id text collate "C" not null,
  symbol text not null,
  interval text not null,
  setup text not null,
  direction text not null check (direction in ('long', 'short')),
  at bigint not null,
  entry double precision not null,
  stop double precision not null,
  target double precision not null,
  confidence double precision not null,
  parts json not null,
  decision text not null check (decision in ('traded', 'refused')),
  reasons text[] not null,
  primary key (account, id)
);
create index on trading.signals (account, at desc, id desc);
create index on trading.signals (account, symbol, at desc, id desc);
create index on trading.signals (account, at desc, id desc) where decision = 'traded';

create table trading.intents (
  ${ACCOUNT},
  id text collate "C" not null,
  position_id text collate "C" not null,
  role text not null check (role in ('entry', 'stop', 'target', 'exit')),
  exit_reason text,
  generation integer not null,
  fencing_token bigint not null,
  client_order_id text collate "C" not null,
  symbol text not null,
  side text not null check (side in ('buy', 'sell')),
  kind text not null check (kind in ('market', 'limit', 'stop', 'take-profit')),
  quantity trading.exact not null check (quantity > 0),
  reduce_only boolean not null,
  price trading.exact,
  time_in_force text,
  trigger_price trading.exact,
  working_type text,
  created_at bigint not null,
  primary key (account, id),
  unique (account, client_order_id),
  check ((kind = 'limit') = (price is not null and time_in_force is not null)),
  check ((kind in ('stop', 'take-profit')) = (trigger_price is not null and working_type is not null))
);
create index on trading.intents (account, position_id);
create index on trading.intents (account, created_at desc, id desc);

create table trading.orders (
  account text collate "C" not null,
  intent_id text collate "C" not null,
  status text not null,
  filled_quantity trading.exact not null check (filled_quantity >= 0),
  average_price trading.exact not null,
  order_id text,
  algo_id text,
  reason text,
  updated_at bigint not null,
  primary key (account, intent_id),
  foreign key (account, intent_id) references trading.intents (account, id)
);
create index on trading.orders (account, intent_id)
  where status not in ('filled', 'cancelled', 'expired', 'rejected');

create table trading.positions (
  ${ACCOUNT},
  id text collate "C" not null,
  symbol text not null,
  direction text not null check (direction in ('long', 'short')),
  setup text not null,
  stop trading.exact not null,
  target trading.exact,
  entry trading.exact not null,
  confidence double precision not null,
  opened_at bigint not null,
  state text not null check (state in ('open', 'closed', 'dropped')),
  closed_at bigint,
  primary key (account, id),
  check ((state = 'open') = (closed_at is null))
);
create index on trading.positions (account, symbol, opened_at);
create index on trading.positions (account, id) where state = 'open';

create table trading.fills (
  ${ACCOUNT},
  symbol text collate "C" not null,
  trade_id text collate "C" not null,
  position_id text collate "C",
  order_id text not null,
  client_order_id text not null,
  side text not null check (side in ('buy', 'sell')),
  quantity trading.exact not null check (quantity >= 0),
  price trading.exact not null,
  fee trading.exact not null,
  fee_asset text not null,
  realized_pnl trading.exact not null,
  is_maker boolean not null,
  at bigint not null,
  primary key (account, symbol, trade_id)
);
create index on trading.fills (account, position_id);
create index on trading.fills (account, at, symbol, trade_id);

create table trading.fundings (
  ${ACCOUNT},
  symbol text collate "C" not null,
  id text collate "C" not null,
  position_id text collate "C",
  amount trading.exact not null,
  at bigint not null,
  primary key (account, symbol, id)
);
create index on trading.fundings (account, position_id);
create index on trading.fundings (account, at, symbol, id);

create table trading.trades (
  ${ACCOUNT},
  position_id text collate "C" not null,
  symbol text not null,
  setup text not null,
  direction text not null,
  quantity trading.exact not null,
  entry_time bigint not null,
  entry_price trading.exact not null,
  exit_time bigint not null,
  exit_price trading.exact not null,
  exit_reason text not null,
  realized_pnl trading.exact not null,
  fees trading.exact not null,
  funding trading.exact not null,
  net_pnl trading.exact not null,
  r double precision not null,
  confidence double precision not null,
  primary key (account, position_id, entry_time)
);
create index on trading.trades (account, exit_time desc);
create index on trading.trades (account, symbol, exit_time desc);

create table trading.breaker_changes (
  ${ACCOUNT},
  at bigint not null,
  from_phase text collate "C" not null,
  to_phase text collate "C" not null,
  move text not null,
  reasons json not null,
  seq bigint generated always as identity,
  primary key (account, at, from_phase, to_phase)
);

create table trading.reconciliations (
  ${ACCOUNT},
  at bigint not null,
  cause text collate "C" not null,
  is_clean boolean not null,
  findings json not null,
  primary key (account, at, cause, is_clean)
);

create table trading.transfers (
  ${ACCOUNT},
  id text collate "C" not null,
  amount trading.exact not null,
  reason text not null,
  at bigint not null,
  primary key (account, id)
);

create table trading.balances (
  ${ACCOUNT},
  at bigint not null,
  wallet_balance trading.exact not null,
  equity trading.exact not null,
  primary key (account, at)
);
create index on trading.balances (account, equity);

create table trading.snapshots (
  ${ACCOUNT},
  name text collate "C" not null,
  at bigint not null,
  body json not null,
  primary key (account, name)
);
`;

export const journalMigration: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql.raw(DDL).execute(db);
  },
};
