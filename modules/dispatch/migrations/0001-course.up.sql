create schema dispatch;

-- The grid of the Delivery system. The fleet of the shop has its own tables.
create table dispatch.couriers (
  id         uuid primary key,
  name       text not null check (name <> ''),
  speed      integer not null check (speed >= 1), -- cells per step
  location_x smallint not null check (location_x between 1 and 10),
  location_y smallint not null check (location_y between 1 and 10),
  created_at timestamptz not null,
  version    integer not null default 1
);

create table dispatch.orders (
  id           uuid primary key, -- that of the confirmed basket
  address      jsonb not null,   -- a string or an object, in the form it was sent
  location_x   smallint not null check (location_x between 1 and 10),
  location_y   smallint not null check (location_y between 1 and 10),
  volume       integer not null check (volume >= 1),
  weight_grams bigint check (weight_grams >= 0),
  window_from  timestamptz,
  window_to    timestamptz check (window_to > window_from),
  status       text not null check (status in ('created', 'assigned', 'completed', 'cancelled')),
  courier_id   uuid references dispatch.couriers (id),
  reason       jsonb, -- why this courier
  created_at   timestamptz not null,
  assigned_at  timestamptz,
  completed_at timestamptz,
  cancelled_at timestamptz,
  version      integer not null default 1,
  constraint status_has_its_facts check (
    (status in ('assigned', 'completed')) <= (courier_id is not null and assigned_at is not null)
    and (status = 'created') <= (courier_id is null)
    and (status = 'completed') = (completed_at is not null)
    and (status = 'cancelled') = (cancelled_at is not null))
) with (fillfactor = 80);
create index orders_waiting on dispatch.orders (created_at, id) where status = 'created';
create index orders_active on dispatch.orders (created_at, id) where status in ('created', 'assigned');
create index orders_by_courier on dispatch.orders (courier_id) where status = 'assigned';

-- Baskets whose cancellation came before their confirmation.
create table dispatch.cancelled_baskets (
  id           uuid primary key,
  reason       text not null,
  cancelled_at timestamptz not null
);

-- A place carries one order, and an order lies in one place: the constraint refuses a second assignment.
create table dispatch.storage_places (
  id           uuid primary key,
  courier_id   uuid not null references dispatch.couriers (id) on delete cascade,
  position     integer not null,
  name         text not null check (name <> ''),
  total_volume integer not null check (total_volume >= 1),
  order_id     uuid unique references dispatch.orders (id),
  unique (courier_id, position)
);

-- One row per job: the instance that updates it runs the job.
create table dispatch.ticks (
  job text primary key check (job in ('move', 'fleet')),
  at  timestamptz not null
);
insert into dispatch.ticks (job, at) values ('move', 'epoch'), ('fleet', 'epoch');
