create schema if not exists delivery;

-- One per order. A cancelled row without a method is a tombstone: the order cancelled its shipment before there was one,
-- and must get none. Shipments and tombstones share the table, so that the unique order_id decides which comes first.
create table delivery.shipments (
  id               uuid primary key,
  order_id         uuid not null unique,
  order_number     text,
  user_id          uuid, -- null in a tombstone
  method           text check (method in ('pickup', 'courier', 'cdek')),
  status           text not null check (status in ('pending', 'ready_for_pickup', 'handed_over', 'in_transit',
                     'out_for_delivery', 'delivered', 'failed', 'returned', 'cancelled')),
  pickup_point_id  uuid, -- where the customer collects it
  pickup_code      text check (pickup_code ~ '^[0-9]{6}$'),
  code_attempts    smallint not null default 0 check (code_attempts between 0 and 5), -- wrong codes since the last lock
  code_locked_until timestamptz,
  tracking_number  text,
  tracking_token   text unique,
  delivery_address jsonb, -- a string or an object, in the form it was sent
  recipient_name   text,
  recipient_phone  text,
  comment          text,
  weight_grams     bigint check (weight_grams >= 0),
  cash_to_collect  bigint check (cash_to_collect >= 0),
  currency         text,
  timeline         jsonb not null, -- [{status, at}]
  created_at       timestamptz not null,
  updated_at       timestamptz not null,
  delivered_at     timestamptz,
  cancelled_at     timestamptz,
  reason           text, -- why it failed or came back
  cancelling_at    timestamptz, -- set before the carrier gets the cancellation: the status then stays as it is
  constraint tombstone_or_shipment check (
    case when method is null then status = 'cancelled' and tracking_token is null and pickup_code is null
         else tracking_token is not null end),
  constraint code_for_pickup check (method is distinct from 'pickup' or pickup_code is not null),
  constraint address_for_courier check (method is distinct from 'courier' or delivery_address is not null),
  constraint status_has_its_facts check (
    (status = 'delivered') = (delivered_at is not null)
    and (status = 'cancelled') = (cancelled_at is not null)
    and (status in ('failed', 'returned')) = (reason is not null)),
  constraint cancelling_until_cancelled check (
    cancelling_at is null or status in ('pending', 'ready_for_pickup', 'cancelled'))
) with (fillfactor = 80);
create index shipments_newest on delivery.shipments (created_at desc, id desc) where method is not null;
create index shipments_by_status on delivery.shipments (status, created_at desc, id desc) where method is not null;

create index shipments_of_user on delivery.shipments (user_id) where user_id is not null;

-- Customers who deleted their accounts. Their shipments are anonymised as soon as they have ended.
create table delivery.deleted_customers (
  user_id    uuid primary key,
  deleted_at timestamptz not null
);

create table delivery.pickup_points (
  id        uuid primary key,
  name      jsonb not null, -- {ru, en}
  address   jsonb not null, -- {ru, en}
  hours     jsonb not null, -- [{days: [1..7], opens: '10:00', closes: '20:00'}], Monday is 1, times of day in the timezone
  timezone  text not null,
  lat       double precision check (lat between -90 and 90),
  lng       double precision check (lng between -180 and 180),
  position  integer not null default 0,
  is_active boolean not null default true,
  constraint coordinates_are_complete check (num_nulls(lat, lng) in (0, 2))
);

-- The areas to which couriers deliver. Without an active one they deliver everywhere for nothing.
create table delivery.zones (
  id               uuid primary key,
  name             jsonb not null, -- {ru, en}
  places           text[] not null, -- towns and postcodes
  lat              double precision check (lat between -90 and 90),
  lng              double precision check (lng between -180 and 180),
  radius_m         integer check (radius_m > 0),
  fee              bigint not null check (fee between 0 and 10000000000),
  currency         text not null check (currency ~ '^[A-Z]{3}$'),
  minimum_total    bigint check (minimum_total > 0),
  free_from        bigint check (free_from > 0),
  earliest_minutes integer check (earliest_minutes >= 0),
  latest_minutes   integer,
  position         integer not null,
  is_active        boolean not null,
  constraint circle_is_complete check (num_nulls(lat, lng, radius_m) in (0, 3)),
  constraint zone_has_an_area check (cardinality(places) > 0 or radius_m is not null),
  constraint window_is_complete check (
    num_nulls(earliest_minutes, latest_minutes) <> 1 and coalesce(earliest_minutes <= latest_minutes, true))
);
