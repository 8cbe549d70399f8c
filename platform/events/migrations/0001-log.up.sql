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
  primary key (id, day) -- id first: a backlog is read in pages of ids, without a sort
) partition by range (day);
create index event_tx on msg.event (tx, id);
create index event_event_id on msg.event (event_id);
create table msg.event_default partition of msg.event default;

create table msg.consumer (
  grp        text primary key,
  snap       pg_snapshot not null default '1:1:', -- everything visible in it is done; a new group begins with the log
  win        pg_snapshot,                         -- the open window, null when there is none
  pos        bigint not null default 0,           -- everything up to this id of the open window is done
  epoch      bigint not null default 0,           -- fencing token: raised by every new leader
  owner      text,                                -- null when the last leader left in good order
  types      text[] not null default '{}',        -- what the group hears, for whoever looks from outside
  crashes    int not null default 0,              -- leaders lost since the group last got on
  suspect    uuid,                                -- being handled alone, because the process kept dying here
  handled    bigint not null default 0,
  duplicates bigint not null default 0,
  updated_at timestamptz not null default now()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

create table msg.inbox (
  grp      text not null,
  event_id uuid not null,
  done_at  timestamptz not null default now(),
  primary key (grp, event_id)
) partition by range (event_id); -- UUIDv7: a range of ids is a range of time, dropped and not deleted
create table msg.inbox_default partition of msg.inbox default; -- ids chosen by the sender

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
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
create index parked_due on msg.parked (grp, next_at) where state = 'retry';
create index parked_key on msg.parked (grp, partition_key, event_no) where state in ('retry', 'behind', 'dead');
create index parked_dead on msg.parked (first_failed_at, event_id) where state = 'dead';
create index parked_day on msg.parked (day) where state in ('retry', 'behind', 'dead');

create table msg.operation (
  id       bigint generated always as identity primary key,
  at       timestamptz not null default now(),
  who      text not null,
  action   text not null check (action in ('retry', 'skip')),
  grp      text not null,
  event_id uuid not null,
  reason   text
);

-- The lowest id a message of that day can have.
create function msg.first_id(day date) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from day) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

-- Makes the partitions of today and the days to come. Rows that reached a default partition meanwhile move over.
create function msg.make_partitions(ahead int) returns int language plpgsql as $$
declare
  today date := (now() at time zone 'utc')::date;
  day   date;
  made  int := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('msg:partitions', 0));
  for day in select d::date from generate_series(today, today + ahead, interval '1 day') d loop
    if to_regclass('msg.event_' || to_char(day, 'YYYYMMDD')) is null then
      perform msg.make_partition('event', 'day', day, quote_literal(day), quote_literal(day + 1));
      made := made + 1;
    end if;
    if to_regclass('msg.inbox_' || to_char(day, 'YYYYMMDD')) is null then
      perform msg.make_partition('inbox', 'event_id', day,
        quote_literal(msg.first_id(day)), quote_literal(msg.first_id(day + 1)));
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;

-- Made aside and attached: CREATE ... PARTITION OF would shut out every writer for the whole of it.
create function msg.make_partition(parent text, ranged_by text, day date, from_value text, to_value text)
returns void language plpgsql as $$
declare
  name text := parent || '_' || to_char(day, 'YYYYMMDD');
  columns text := (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
    where attrelid = ('msg.' || parent)::regclass and attnum > 0 and not attisdropped);
begin
  execute format('create table msg.%I (like msg.%I including all excluding identity)', name, parent);
  execute format('lock table msg.%I in access exclusive mode', parent || '_default');
  execute format(
    'with moved as (delete from msg.%1$I where %2$I >= %3$s and %2$I < %4$s returning *)
     insert into msg.%5$I (%6$s) select %6$s from moved',
    parent || '_default', ranged_by, from_value, to_value, name, columns);
  execute format('alter table msg.%I attach partition msg.%I for values from (%s) to (%s)', parent, name, from_value, to_value);
end $$;

select msg.make_partitions(3);
