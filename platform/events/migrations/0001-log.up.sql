-- The append-only log is outbox and embedded broker in one. Consumer groups read it in windows between two snapshots,
-- ordered by id.

create table platform.event (
  id             bigint generated always as identity, -- cache 1: within a key the order of ids is the order of commits
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
  ingested       boolean not null default false, -- of another service: a broker brought it here, and it is not relayed
  primary key (id, day) -- id first: pages of a backlog need no sort
) partition by range (day);
create index event_tx on platform.event (tx, id);
create index event_event_id on platform.event (event_id);
create table platform.event_default partition of platform.event default;

create table platform.consumer (
  consumer_group    text primary key,
  snapshot          pg_snapshot not null default '1:1:', -- the group has handled all it sees; a new group starts with the log
  open_window       pg_snapshot,                         -- the window that the group reads now, null when there is none
  position          bigint not null default 0,           -- the group has handled the open window up to this id
  epoch             bigint not null default 0,           -- fencing token, raised by every new leader
  owner             text,                                -- null when the last leader left in good order, or lives without the lead
  types             text[] not null default '{}',        -- the registered event types: who leads the group handles all of them
  release           int[] not null default '{}',         -- the newest release that registered them
  lost_leaders      text[] not null default '{}',        -- leaders since the last progress of the group that have not come back
  isolated_event_id uuid,                                -- handled in isolation, in search of a poison message
  isolated_by       text,                                -- the leader that handled it
  handled           bigint not null default 0,
  duplicates        bigint not null default 0,
  updated_at        timestamptz not null default now()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

create table platform.inbox (
  consumer_group text not null,
  event_id       uuid not null,
  handled_at     timestamptz not null default now(),
  primary key (consumer_group, event_id)
) partition by range (event_id); -- UUIDv7: a range of ids is a range of time, dropped as a partition
create table platform.inbox_default partition of platform.inbox default; -- ids that the publisher chose

-- The events of other services that this log has. A saga publishes a command again under its id: the publication, which is its
-- position in the log of its service, distinguishes that from a repetition by the broker.
create table platform.ingested (
  event_id    uuid not null,
  publication bigint not null,
  primary key (event_id, publication)
) partition by range (event_id);
create table platform.ingested_default partition of platform.ingested default; -- ids that the publisher chose

create table platform.parked (
  consumer_group  text not null,
  event_id        uuid not null,
  position        bigint not null, -- id of the event in the log
  day             date not null,
  partition_key   text not null,
  type            text not null,
  attempts        int not null default 0,
  next_at         timestamptz not null default now(),
  state           text not null default 'retry' check (state in ('retry', 'behind', 'dead', 'skipped')),
  error_code      text,
  error           text,
  first_failed_at timestamptz not null default now(),
  unavailable_since timestamptz, -- since then a dependency of the message does not answer; null when it was never the cause
  primary key (consumer_group, event_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
create index parked_due on platform.parked (consumer_group, next_at) where state = 'retry';
create index parked_key on platform.parked (consumer_group, partition_key, position) where state in ('retry', 'behind', 'dead');
create index parked_dead on platform.parked (first_failed_at, event_id) where state = 'dead';
create index parked_day on platform.parked (day) where state in ('retry', 'behind', 'dead');

-- The decisions of operators. Those about a whole group, or about a type of it, concern no single message.
create table platform.operation (
  id             bigint generated always as identity primary key,
  at             timestamptz not null default now(),
  who            text not null,
  action         text not null check (action in ('retry', 'skip', 'replay', 'remove', 'remove-type')),
  consumer_group text not null,
  event_id       uuid,
  reason         text,
  check ((action in ('remove', 'remove-type')) = (event_id is null))
);

-- The lowest UUIDv7 of a day.
create function platform.first_id(day date) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from day) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

-- Creates the missing partitions of today and the next days, and moves rows out of the default partition.
-- Returns how many days of the log were missing.
create function platform.make_partitions(ahead int) returns int language plpgsql as $$
declare
  today date := (now() at time zone 'utc')::date;
  day   date;
  made  int := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('platform:partitions', 0));
  for day in select d::date from generate_series(today, today + ahead, interval '1 day') d loop
    if to_regclass('platform.event_' || to_char(day, 'YYYYMMDD')) is null then
      perform platform.make_partition('event', 'day', day, quote_literal(day), quote_literal(day + 1));
      made := made + 1;
    end if;
    if to_regclass('platform.inbox_' || to_char(day, 'YYYYMMDD')) is null then
      perform platform.make_partition('inbox', 'event_id', day,
        quote_literal(platform.first_id(day)), quote_literal(platform.first_id(day + 1)));
      made := made + 1;
    end if;
    if to_regclass('platform.ingested_' || to_char(day, 'YYYYMMDD')) is null then
      perform platform.make_partition('ingested', 'event_id', day,
        quote_literal(platform.first_id(day)), quote_literal(platform.first_id(day + 1)));
    end if;
  end loop;
  return made;
end $$;

-- Creates a table and attaches it: CREATE ... PARTITION OF would lock out every writer all the while.
create function platform.make_partition(parent text, ranged_by text, day date, from_value text, to_value text)
returns void language plpgsql as $$
declare
  name text := parent || '_' || to_char(day, 'YYYYMMDD');
  columns text := (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
    where attrelid = ('platform.' || parent)::regclass and attnum > 0 and not attisdropped);
begin
  execute format('create table platform.%I (like platform.%I including all excluding identity)', name, parent);
  execute format('lock table platform.%I in access exclusive mode', parent || '_default');
  execute format(
    'with moved as (delete from platform.%1$I where %2$I >= %3$s and %2$I < %4$s returning *)
     insert into platform.%5$I (%6$s) select %6$s from moved',
    parent || '_default', ranged_by, from_value, to_value, name, columns);
  execute format('alter table platform.%I attach partition platform.%I for values from (%s) to (%s)', parent, name, from_value, to_value);
end $$;

select platform.make_partitions(3);
