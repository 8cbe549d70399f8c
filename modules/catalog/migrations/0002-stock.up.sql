-- Narrow and half empty, with no index but its key, so that a hold is a HOT update.
create table catalog.stock (
  variant_id uuid primary key references catalog.variants on delete cascade,
  on_hand    int not null default 0 constraint stock_on_hand check (on_hand <= 1000000000),
  reserved   int not null default 0,
  policy     text not null check (policy in ('track', 'untracked')),
  -- Names the pieces on hand: the trigger below gives it another value with every change of on_hand, so that a file that was
  -- exported before is recognised as old, also when the number is the same again.
  version    uuid not null default uuidv7(),
  -- The last protection against overselling; it holds for plain SQL too.
  constraint stock_reserved check (reserved between 0 and on_hand)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

create function catalog.stock_moved() returns trigger language plpgsql as $$
begin
  new.version := uuidv7();
  return new;
end $$;

-- A hold changes `reserved` only, and does not run it.
create trigger stock_moved before update of on_hand on catalog.stock
  for each row when (old.on_hand <> new.on_hand) execute function catalog.stock_moved();

-- Every change of on_hand; their sum is on_hand.
create table catalog.movements (
  id         uuid primary key,
  variant_id uuid not null references catalog.variants on delete cascade,
  kind       text not null check (kind in ('opening', 'correction', 'sale', 'in_return', 'returned')),
  delta      int not null check (delta <> 0),
  reason     text not null,
  -- in_return: the goods of a cancelled order are outside the shop. returned: staff received those that can be sold.
  order_id   uuid check ((order_id is not null) = (kind in ('sale', 'in_return', 'returned'))),
  user_id    uuid,
  moved_at   timestamptz not null
);
create index movement_variant on catalog.movements (variant_id, id desc);

create table catalog.holds (
  order_id     uuid primary key,
  -- held: expires at expires_at. firm: paid or accepted. released, expired: tombstones, never held again. sold: fulfilled.
  -- in_return: cancelled after its parcel had left the shop, so that catalog.returns has its goods.
  state        text not null check (state in ('held', 'firm', 'released', 'expired', 'sold', 'in_return')),
  expires_at   timestamptz check ((expires_at is not null) = (state = 'held')),
  held_at      timestamptz not null,
  claims       int not null default 1 check (claims > 0), -- attempts to place the order that rely on the hold
  -- SHA-256 of the items that were asked for: another body under the same order id is refused. Null: nothing was held.
  items_hash   bytea constraint hold_items_hash check (items_hash is not null or state = 'released'),
  -- HeldLine[]: the lines with their prices at that moment; a repeated call returns them.
  lines        jsonb not null,
  total_amount bigint not null check (total_amount between 0 and 99000000000000),
  currency     text not null
) with (fillfactor = 80);
create index hold_due on catalog.holds (expires_at) where state = 'held';
create index hold_active on catalog.holds (order_id) where state in ('held', 'firm');

-- One row for each variant of a hold. A bundle is ordered, its components are reserved; a plain variant is both.
-- No foreign keys: they would lock the row of a popular variant for every order. Deletions check this table instead.
create table catalog.hold_items (
  order_id   uuid not null,
  variant_id uuid not null,
  ordered    int not null check (ordered >= 0),
  reserved   int not null check (reserved >= 0),
  primary key (order_id, variant_id)
);
create index hold_item_variant on catalog.hold_items (variant_id);

-- The goods of an order that was cancelled after its parcel had left the shop: neither on hand nor sold until staff receive
-- them. The parcel may be back before the order is cancelled: then arrived_at is set and expected_at is not.
create table catalog.returns (
  order_id     uuid primary key,
  order_number text,
  expected_at  timestamptz, -- when the order was cancelled, and its goods left the stock
  arrived_at   timestamptz, -- when the parcel was back in the shop
  received_at  timestamptz, -- when staff counted the goods
  received_by  uuid,
  note         text,
  constraint return_is_expected check (received_at is null or expected_at is not null),
  constraint receipt_has_its_facts check (received_at is not null or (received_by is null and note is null))
);
create index returns_newest on catalog.returns (expected_at desc, order_id desc) where expected_at is not null;
create index returns_open on catalog.returns (expected_at) where expected_at is not null and received_at is null;

-- The pieces of one variant. A bundle comes back as its components.
create table catalog.return_items (
  order_id   uuid not null references catalog.returns on delete cascade,
  variant_id uuid not null references catalog.variants,
  pieces     int not null check (pieces > 0),
  sellable   int,
  damaged    int,
  lost       int,
  primary key (order_id, variant_id),
  constraint all_pieces_are_counted check (
    num_nonnulls(sellable, damaged, lost) = 0
    or (num_nonnulls(sellable, damaged, lost) = 3 and least(sellable, damaged, lost) >= 0 and sellable + damaged + lost = pieces))
);
create index return_items_open on catalog.return_items (variant_id) where sellable is null;

-- The free pieces of a variant. The scarcest component limits a bundle, and a hidden component allows none. Null: the stock
-- is not tracked.
create function catalog.available(of_variant uuid) returns int language sql stable parallel safe as $$
  select case
    when exists (select from catalog.bundle_components where bundle_id = of_variant) then
      (select min(case when not (variant.is_active and product.is_active) then 0
                       when stock.policy = 'track' then (stock.on_hand - stock.reserved) / component.quantity end)
       from catalog.bundle_components as component join catalog.stock on stock.variant_id = component.component_id
       join catalog.variants as variant on variant.id = component.component_id
         join catalog.products as product on product.id = variant.product_id
       where component.bundle_id = of_variant)
    else (select stock.on_hand - stock.reserved from catalog.stock
      where stock.variant_id = of_variant and stock.policy = 'track')
  end
$$;
