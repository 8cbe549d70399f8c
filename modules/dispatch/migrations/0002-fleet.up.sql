-- The couriers of the shop. The id is that of the account. A courier off duty has no position.
create table dispatch.fleet_couriers (
  id             uuid primary key,
  name           text not null check (name <> ''), -- the first name: customers see it
  duty           text not null check (duty in ('on', 'off', 'break')),
  speed_kmh      integer not null check (speed_kmh between 1 and 150),
  capacity_grams integer not null check (capacity_grams >= 1),
  capacity_litres integer not null check (capacity_litres >= 1),
  most_parcels   integer not null check (most_parcels between 1 and 100),
  skills         text[] not null default '{}', -- what the courier has or may do, such as cold-bag
  duty_since     timestamptz not null, -- of two couriers who are equally near, the one who is idle longer goes
  shift_ends_at  timestamptz,
  may_deliver    boolean not null default true, -- false for a blocked account, and for one that lost the role
  lat            double precision check (lat between -90 and 90),
  lng            double precision check (lng between -180 and 180),
  position_at    timestamptz,
  updated_at     timestamptz not null,
  version        integer not null default 1,
  constraint position_on_duty check (
    (lat is null) = (lng is null) and (lat is null) = (position_at is null) and (duty <> 'off' or lat is null)),
  constraint shift_on_duty check ((duty = 'off') = (shift_ends_at is null)),
  constraint duty_of_those_who_may_deliver check (duty = 'off' or may_deliver)
);

-- The states of accounts, as the events of identity say them. They decide who goes on duty, because the permission of a request may
-- be older.
-- A user who has never been on duty, and whose account has not changed, has no row.
create table dispatch.courier_accounts (
  id             uuid primary key,
  is_blocked     boolean not null, -- or deleted
  has_permission boolean not null -- the role of the account delivers
) with (fillfactor = 80);

-- A shipment as couriers carry it. The id is that of the shipment.
create table dispatch.parcels (
  id              uuid primary key,
  order_id        uuid not null unique,
  order_number    text,
  user_id         uuid,
  tracking_hash   text unique, -- of the token in the tracking link of the shipment
  address         jsonb not null,
  recipient_name  text,
  recipient_phone text,
  comment         text,
  weight_grams    bigint not null check (weight_grams >= 0),
  volume_litres   integer not null check (volume_litres >= 1),
  window_from     timestamptz not null, -- the promise: a delivery after window_to is late
  window_to       timestamptz not null check (window_to > window_from),
  required_skills text[] not null default '{}', -- only couriers with all of them are asked
  cash_to_collect bigint not null check (cash_to_collect >= 0),
  currency        text,
  pin             text not null check (pin ~ '^[0-9]{4}$'),
  pin_attempts    smallint not null default 0 check (pin_attempts between 0 and 5),
  status          text not null check (status in ('waiting', 'offered', 'accepted', 'picked_up', 'delivered', 'failed',
                    'returned', 'cancelled')),
  courier_id      uuid references dispatch.fleet_couriers (id),
  pinned          boolean not null default false, -- staff chose the courier: no offer replaces the choice
  declined_by     uuid[] not null default '{}',
  missed_offers   integer not null default 0 check (missed_offers >= 0), -- offers that got no answer
  missed_by       uuid[] not null default '{}', -- they get the parcel again after missed_until
  missed_until    timestamptz,
  near_since      timestamptz, -- the courier is close to the address
  arrived_at      timestamptz,
  offer_expires_at timestamptz,
  reason          text, -- why it failed
  assignment      jsonb, -- why this courier: {en, ru}
  timeline        jsonb not null, -- [{status, at, courier_id}]
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  version         integer not null default 1,
  constraint parcel_status_has_its_facts check (
    (status in ('offered', 'accepted', 'picked_up')) <= (courier_id is not null)
    and (status = 'waiting') <= (courier_id is null and not pinned)
    and (status = 'offered') = (offer_expires_at is not null)
    and (status in ('failed', 'returned')) = (reason is not null)
    and (status in ('waiting', 'offered', 'accepted')) <= (arrived_at is null and near_since is null))
) with (fillfactor = 80);
create index parcels_open on dispatch.parcels (created_at, id) where status in ('waiting', 'offered', 'accepted', 'picked_up', 'failed');
create index parcels_of_courier on dispatch.parcels (courier_id) where status in ('offered', 'accepted', 'picked_up', 'failed');
create index parcels_newest on dispatch.parcels (created_at desc, id desc);
create index parcels_delivered_of_courier on dispatch.parcels (courier_id, updated_at) where status = 'delivered';

-- Shipments that were cancelled before their parcel was created: a creation that comes later creates none.
create table dispatch.cancelled_parcels (
  id           uuid primary key,
  cancelled_at timestamptz not null
);

-- The plan: the stops of each courier in their order. It follows the parcels; no decision about money or stock reads it.
create table dispatch.routes (
  courier_id     uuid primary key references dispatch.fleet_couriers (id) on delete cascade,
  stops          jsonb not null, -- [{order_id, kind, arrives_at, begins_at, leaves_at, late_seconds}]: the id of the parcel, Unix seconds
  travel_seconds integer not null,
  planned_at     timestamptz not null
) with (fillfactor = 70);

-- The steps that couriers reported, so that a repeat takes effect once. Refused steps are not stored, except for a wrong PIN and
-- for those that staff resolve.
create table dispatch.courier_reports (
  courier_id  uuid not null,
  id          uuid not null, -- of the courier's program
  content     jsonb not null,
  refusal     text,
  received_at timestamptz not null,
  primary key (courier_id, id)
);
create index courier_reports_oldest on dispatch.courier_reports (received_at);

-- Reports of couriers that the shop cannot follow: the goods are elsewhere than its records say. Staff resolve each.
create table dispatch.discrepancies (
  id             uuid primary key,
  parcel_id      uuid not null, -- that of the shipment
  order_id       uuid not null,
  courier_id     uuid not null,
  reported       text not null check (reported in ('picked_up', 'delivered', 'failed', 'returned')),
  recorded       text not null, -- the status of the parcel or of the shipment
  cash_collected bigint check (cash_collected >= 0),
  is_right_pin   boolean,
  happened_at    timestamptz not null, -- as the courier says
  created_at     timestamptz not null,
  resolved_at    timestamptz,
  resolved_by    uuid,
  resolution     text check (resolution <> ''),
  unique (parcel_id, courier_id, reported),
  constraint resolution_of_resolved check ((resolved_at is null) = (resolution is null))
);
create index discrepancies_newest on dispatch.discrepancies (created_at desc, id desc);
create index discrepancies_open on dispatch.discrepancies (created_at desc, id desc) where resolved_at is null;

-- Where couriers were on duty. A job deletes positions after DISPATCH_POSITION_RETENTION.
create table dispatch.positions (
  courier_id uuid not null references dispatch.fleet_couriers (id) on delete cascade,
  at         timestamptz not null,
  lat        double precision not null check (lat between -90 and 90),
  lng        double precision not null check (lng between -180 and 180),
  accuracy   real check (accuracy >= 0), -- metres
  primary key (courier_id, at)
);
create index positions_oldest on dispatch.positions (at);

-- Photographs and signatures that prove a delivery: private files. The row exists before its file, so that no file is without a row.
create table dispatch.parcel_photos (
  id          uuid primary key,
  parcel_id   uuid not null references dispatch.parcels (id) on delete cascade,
  courier_id  uuid not null,
  kind        text not null check (kind in ('photo', 'signature')),
  storage_key text not null unique check (storage_key like 'private/%'),
  sha256      bytea not null,
  byte_size   integer not null check (byte_size > 0),
  taken_at    timestamptz not null,
  stored_at   timestamptz,
  unique (parcel_id, sha256)
);
create index parcel_photos_oldest on dispatch.parcel_photos (taken_at);

-- One process at a time plans. The lease of a process that died ends by itself.
create table dispatch.planners (
  depot        text primary key,
  lease        uuid not null,
  leased_until timestamptz not null
) with (fillfactor = 50);
