-- The append-only log is outbox and embedded broker in one; consumer groups read it by snapshot difference ordered by id.

create table platform.event (
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
create index event_tx on platform.event (tx, id);
create index event_event_id on platform.event (event_id);
create table platform.event_default partition of platform.event default;

create table platform.consumer (
  consumer_group        text primary key,
  snapshot       pg_snapshot not null default '1:1:', -- everything visible in it is done; a new group begins with the log
  open_window        pg_snapshot,                         -- the open window, null when there is none
  position        bigint not null default 0,           -- everything up to this id of the open window is done
  epoch      bigint not null default 0,           -- fencing token: raised by every new leader
  owner      text,                                -- null when the last leader left in good order
  types      text[] not null default '{}',        -- what the group hears, for whoever looks from outside
  crashes    int not null default 0,              -- leaders lost since the group last got on
  suspect    uuid,                                -- being handled alone, because the process kept dying here
  handled    bigint not null default 0,
  duplicates bigint not null default 0,
  updated_at timestamptz not null default now()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

create table platform.inbox (
  consumer_group      text not null,
  event_id uuid not null,
  done_at  timestamptz not null default now(),
  primary key (consumer_group, event_id)
) partition by range (event_id); -- UUIDv7: a range of ids is a range of time, dropped and not deleted
create table platform.inbox_default partition of platform.inbox default; -- ids chosen by the sender

create table platform.parked (
  consumer_group             text not null,
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
  primary key (consumer_group, event_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
create index parked_due on platform.parked (consumer_group, next_at) where state = 'retry';
create index parked_key on platform.parked (consumer_group, partition_key, event_no) where state in ('retry', 'behind', 'dead');
create index parked_dead on platform.parked (first_failed_at, event_id) where state = 'dead';
create index parked_day on platform.parked (day) where state in ('retry', 'behind', 'dead');

create table platform.operation (
  id       bigint generated always as identity primary key,
  at       timestamptz not null default now(),
  who      text not null,
  action   text not null check (action in ('retry', 'skip')),
  consumer_group      text not null,
  event_id uuid not null,
  reason   text
);

-- The lowest id a message of that day can have.
create function platform.first_id(day date) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from day) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

-- Makes the partitions of today and the days to come. Rows that reached a default partition meanwhile move over.
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
  end loop;
  return made;
end $$;

-- Made aside and attached: CREATE ... PARTITION OF would shut out every writer for the whole of it.
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
