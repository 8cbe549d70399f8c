-- The append-only log is outbox and embedded broker in one; consumer groups read it by snapshot difference ordered by id.
create schema if not exists msg;

create table msg.event (
  id             bigint generated always as identity, -- cache 1: within a key, id order is commit order
  tx             xid8 not null default pg_current_xact_id(),
  day            date not null default ((now() at time zone 'utc')::date),
  event_id       uuid not null,
  type           text not null,
  source         text not null,
  subject        text not null,
  partition_key  text not null,
  correlation_id uuid not null,
  causation_id   uuid,
  traceparent    text,
  occurred_at    timestamptz not null default clock_timestamp(),
  data           jsonb not null,
  primary key (day, id)
) partition by range (day);
create index event_tx on msg.event (tx, id);
create index event_event_id on msg.event (event_id);
create table msg.event_default partition of msg.event default;

create table msg.consumer (
  grp        text primary key,
  snap       pg_snapshot not null, -- everything visible in it is done
  win        pg_snapshot,          -- the open window, null when there is none
  pos        bigint not null default 0, -- the last done id inside the open window
  epoch      bigint not null default 0, -- fencing token: raised by every new leader
  owner      text,
  updated_at timestamptz not null default now()
) with (fillfactor = 70);

create table msg.inbox (
  grp      text not null,
  event_id uuid not null,
  done_at  timestamptz not null default now(),
  primary key (grp, event_id)
) partition by range (event_id); -- UUIDv7: a range of ids is a range of time, dropped and not deleted
create table msg.inbox_default partition of msg.inbox default;

create table msg.parked (
  grp             text not null,
  event_id        uuid not null,
  event_no        bigint not null,
  day             date not null,
  partition_key   text not null,
  type            text not null,
  attempts        int not null default 0,
  next_at         timestamptz not null default now(),
  state           text not null default 'retry' check (state in ('retry', 'behind', 'dead', 'skipped')),
  error_code      text,
  error           text,
  first_failed_at timestamptz not null default now(),
  primary key (grp, event_id)
) with (fillfactor = 70);
create index parked_due on msg.parked (grp, next_at) where state = 'retry';
create index parked_key on msg.parked (grp, partition_key, event_no) where state in ('retry', 'behind', 'dead');
