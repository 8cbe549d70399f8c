create schema if not exists cart;

create table cart.carts (
  id         uuid primary key, -- of a user's cart: the id of the user
  token_hash bytea unique check (octet_length(token_hash) = 32), -- of a guest's cart only
  created_at timestamptz not null,
  updated_at timestamptz not null,
  coupon     text, -- the code that the owner gave; an order takes it with the lines
  merged_into uuid, -- the user whose cart has the lines of this one: the account was merged
  abandoned_version uuid, -- the version that cart.abandoned.v1 was published of
  version    uuid not null default uuidv7() -- changes with each request that changes the lines: one order takes them once
) with (fillfactor = 70);
-- By created_at, which never changes: with an index on updated_at every change of a cart would be a change of all indexes.
create index carts_of_guests on cart.carts (created_at) where token_hash is not null;

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

-- The merges of accounts, so that a repeat moves no lines, and a merge that was reverted before it was handled moves none.
create table cart.merged_accounts (
  merge_id    uuid primary key,
  user_id     uuid not null,
  into_id     uuid not null,
  is_reverted boolean not null,
  handled_at  timestamptz not null
);
create index merged_accounts_of on cart.merged_accounts (user_id, merge_id);
create index merged_accounts_age on cart.merged_accounts (handled_at);

-- The lines that a merge took from the cart of the merged account: its quantity, and the pieces that the other cart got. The
-- two differ when the other cart was full.
create table cart.merged_items (
  merge_id   uuid not null references cart.merged_accounts on delete cascade,
  variant_id uuid not null,
  quantity   smallint not null check (quantity between 1 and 99),
  added      smallint not null check (added between 0 and quantity),
  added_at   timestamptz not null,
  primary key (merge_id, variant_id)
);
