-- The couriers of the shop. The id is that of the account. A courier off duty has no position.
create table dispatch.fleet_couriers (
  id             uuid primary key,
  name           text not null check (name <> ''), -- the first name: customers see it
  duty           text not null check (duty in ('on', 'off', 'break')),
  speed_kmh      integer not null check (speed_kmh between 1 and 150),
  capacity_grams integer not null check (capacity_grams >= 1),
  most_parcels   integer not null check (most_parcels between 1 and 100),
  lat            double precision check (lat between -90 and 90),
  lng            double precision check (lng between -180 and 180),
  position_at    timestamptz,
  updated_at     timestamptz not null,
  version        integer not null default 1,
  constraint position_on_duty check (
    (lat is null) = (lng is null) and (lat is null) = (position_at is null) and (duty <> 'off' or lat is null))
);

-- A shipment as couriers carry it. The id is that of the shipment.
create table dispatch.parcels (
  id              uuid primary key,
  order_id        uuid not null unique,
  order_number    text,
  user_id         uuid,
  address         jsonb not null,
  recipient_name  text,
  recipient_phone text,
  comment         text,
  weight_grams    bigint not null check (weight_grams >= 0),
  cash_to_collect bigint not null check (cash_to_collect >= 0),
  currency        text,
  pin             text not null check (pin ~ '^[0-9]{4}$'),
  pin_attempts    smallint not null default 0 check (pin_attempts between 0 and 5),
  status          text not null check (status in ('waiting', 'offered', 'accepted', 'picked_up', 'delivered', 'failed',
                    'returned', 'cancelled')),
  courier_id      uuid references dispatch.fleet_couriers (id),
  pinned          boolean not null default false, -- staff chose the courier: no offer replaces the choice
  declined_by     uuid[] not null default '{}',
  offer_expires_at timestamptz,
  reason          text, -- why it failed
  assignment      text, -- why this courier
  timeline        jsonb not null, -- [{status, at, courier_id}]
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  version         integer not null default 1,
  constraint parcel_status_has_its_facts check (
    (status in ('offered', 'accepted', 'picked_up')) <= (courier_id is not null)
    and (status = 'waiting') <= (courier_id is null and not pinned)
    and (status = 'offered') = (offer_expires_at is not null)
    and (status in ('failed', 'returned')) = (reason is not null))
) with (fillfactor = 80);
create index parcels_open on dispatch.parcels (created_at, id) where status in ('waiting', 'offered', 'accepted', 'picked_up', 'failed');
create index parcels_of_courier on dispatch.parcels (courier_id) where status in ('offered', 'accepted', 'picked_up', 'failed');
create index parcels_newest on dispatch.parcels (created_at desc, id desc);
