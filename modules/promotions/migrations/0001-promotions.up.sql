create schema if not exists promotions;

create table promotions.promotions (
  id                    uuid primary key,
  code                  text constraint promotion_code unique check (char_length(code) between 3 and 40), -- of the coupon, in capitals; null: it applies by itself
  name                  jsonb not null, -- {ru, en}
  kind                  text not null check (kind in ('percentage', 'fixed_amount', 'free_delivery')),
  percent               smallint check (percent between 1 and 100),
  amount                bigint check (amount between 1 and 10000000000),
  currency              text not null check (currency ~ '^[A-Z]{3}$'),
  minimum_total         bigint check (minimum_total between 1 and 99000000000000), -- of the goods it is for, before any discount
  category_ids          uuid[] not null, -- with the categories below them; empty: for all goods
  first_order           boolean not null,
  combinable            boolean not null, -- with other combinable promotions
  max_uses              integer check (max_uses > 0),
  max_uses_per_buyer    integer check (max_uses_per_buyer > 0),
  starts_at             timestamptz,
  ends_at               timestamptz,
  is_active             boolean not null,
  returns_use_on_refund boolean not null,
  uses                  integer not null default 0, -- by orders that live
  version               integer not null default 1, -- of everything but uses: a discount that was computed of an older one is not redeemed
  created_at            timestamptz not null,
  updated_at            timestamptz not null,
  constraint kind_has_its_facts check (
    (kind = 'percentage') = (percent is not null) and (kind = 'fixed_amount') = (amount is not null)),
  constraint starts_before_it_ends check (starts_at < ends_at),
  constraint first_order_once check (not first_order or max_uses_per_buyer = 1), -- see first_orders
  -- The last protection against one use too many; it holds for plain SQL too.
  constraint uses_within_limit check (uses >= 0 and (max_uses is null or uses <= max_uses))
) with (fillfactor = 50); -- with no index on uses, so that a use is a HOT update
create index promotions_newest on promotions.promotions (created_at desc, id desc);
create index promotions_without_code on promotions.promotions (id) where code is null and is_active;

-- The changes that staff made. Rows are never changed.
create table promotions.changes (
  id           uuid primary key,
  promotion_id uuid not null references promotions.promotions on delete cascade,
  user_id      uuid, -- null: a program
  before       jsonb, -- null: it was created
  after        jsonb not null,
  changed_at   timestamptz not null
);
create index changes_of_promotion on promotions.changes (promotion_id, changed_at desc);

-- The promotions that an order uses. It is inserted before its order, as a hold is.
create table promotions.redemptions (
  order_id     uuid primary key,
  state        text not null check (state in ('redeemed', 'released')),
  is_confirmed boolean not null default false, -- the order was found
  claims       integer not null default 1 check (claims > 0), -- attempts to place the order that rely on it
  input_hash   bytea not null, -- of the request: a repeat must have the same
  buyer_keys   text[] not null,
  price        jsonb not null, -- a repeat returns it
  redeemed_at  timestamptz not null,
  constraint released_is_unconfirmed check (state = 'redeemed' or not is_confirmed)
) with (fillfactor = 80);
create index redemptions_unconfirmed on promotions.redemptions (redeemed_at) where state = 'redeemed' and not is_confirmed;

create table promotions.uses (
  order_id        uuid not null references promotions.redemptions on delete cascade,
  promotion_id    uuid not null constraint use_of_promotion references promotions.promotions,
  discount_amount bigint not null check (discount_amount >= 0),
  is_returned     boolean not null default false, -- it counts no more
  primary key (order_id, promotion_id)
);
create index uses_of_promotion on promotions.uses (promotion_id);

-- Counts the uses of one buyer: of the account, or of the e-mail and the phone of a guest.
create table promotions.buyer_uses (
  promotion_id uuid not null references promotions.promotions on delete cascade,
  buyer_key    text not null, -- account:<id>, or a hash of the contact
  uses         integer not null,
  max_uses     integer, -- the limit at the last use
  primary key (promotion_id, buyer_key),
  constraint buyer_uses_within_limit check (uses >= 0 and (max_uses is null or uses <= max_uses))
) with (fillfactor = 80);

-- The order of a buyer that has a discount for first orders. The key decides between two orders that are placed at once.
create table promotions.first_orders (
  buyer_key text primary key,
  order_id  uuid not null references promotions.redemptions on delete cascade
);
create index first_orders_of_order on promotions.first_orders (order_id);
