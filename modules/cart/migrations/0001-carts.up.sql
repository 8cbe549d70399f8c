create schema if not exists cart;

create table cart.carts (
  id         uuid primary key, -- of a user's cart: the id of the user
  token_hash bytea unique check (octet_length(token_hash) = 32), -- of a guest's cart only
  created_at timestamptz not null,
  updated_at timestamptz not null,
  abandoned_version uuid, -- the version that cart.abandoned.v1 was published of
  version    uuid not null default uuidv7() -- changes with each request that changes the lines: one order takes them once
) with (fillfactor = 70);
create index carts_of_guests on cart.carts (updated_at) where token_hash is not null;

create table cart.items (
  cart_id    uuid not null references cart.carts on delete cascade,
  variant_id uuid not null,
  quantity   smallint not null check (quantity between 1 and 99),
  added_at   timestamptz not null,
  primary key (cart_id, variant_id)
) with (fillfactor = 70);
create index items_of_variant on cart.items (variant_id);

-- Orders whose items have left the cart.
create table cart.processed_orders (
  order_id     uuid primary key,
  processed_at timestamptz not null
);
create index processed_orders_age on cart.processed_orders (processed_at);
