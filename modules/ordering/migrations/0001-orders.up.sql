create schema if not exists ordering;

create table ordering.orders (
  id               uuid primary key,
  number           text collate "C" not null unique, -- staff search by its beginning
  user_id          uuid not null, -- of a guest: the id of the cart, or a new one; no account has it
  merged_from      uuid, -- the account that placed or claimed the order, when it was merged into the account of user_id
  contact_email    text, -- of a guest
  contact_phone    text,
  claimed_at       timestamptz, -- when the account of user_id verified contact_email
  link_version     smallint check (link_version > 0), -- of the private link of a guest: an older link opens nothing
  status           text not null default 'created'
                   check (status in ('created', 'processing', 'paid', 'shipping', 'fulfilled', 'cancelled')),
  items_amount     bigint not null check (items_amount between 0 and 99000000000000), -- 100 lines of 99 pieces at the highest price
  discount_amount  bigint not null default 0, -- all discounts, with the one on delivery
  delivery_fee     bigint not null default 0 check (delivery_fee between 0 and 10000000000), -- before its discount
  delivery_discount bigint not null default 0 check (delivery_discount between 0 and delivery_fee),
  total_amount     bigint not null check (total_amount between 0 and 99010000000000),
  coupon           text, -- the code that the buyer gave, when it gives a discount
  discounts        jsonb not null default '[]', -- [{promotion_id, code, name: {ru, en}, amount}], as they were at that moment
  currency         text not null check (currency ~ '^[A-Z]{3}$'),
  weight_grams     bigint not null check (weight_grams >= 0),
  payment_method   text not null check (payment_method in ('online', 'cash_on_delivery')),
  delivery_method  text not null check (delivery_method in ('pickup', 'courier', 'cdek')),
  pickup_point_id  uuid,
  delivery_address jsonb, -- a string or an object, as the client sent it
  recipient_name   text,
  recipient_phone  text,
  comment          text,
  payment_id       uuid,
  payment_status   text,
  shipment_id      uuid,
  shipment_status  text,
  goods_left       boolean not null default false, -- the parcel had left the shop when its shipment failed or was cancelled
  created_at       timestamptz not null,
  paid_at          timestamptz,
  shipped_at       timestamptz,
  fulfilled_at     timestamptz,
  cancelled_at     timestamptz,
  reason           text, -- why the order is cancelled; set when its cancellation begins
  updated_at       timestamptz not null,
  input_hash       bytea not null, -- of the request: a repeat with the same id must have the same hash
  cart_version     uuid unique, -- of the lines that the order took from a cart: a second click takes none of them; null without a cart
  constraint moved_by_merge check (merged_from <> user_id),
  constraint total_is_discounted check (total_amount = items_amount - discount_amount + delivery_fee),
  constraint discount_of_goods check (discount_amount - delivery_discount between 0 and items_amount),
  constraint guest_is_claimed check (claimed_at is null or contact_email is not null),
  constraint guest_has_contact check ((link_version is null) = (contact_email is null and contact_phone is null)),
  constraint point_for_pickup check ((delivery_method = 'pickup') = (pickup_point_id is not null)),
  constraint address_for_courier check (delivery_method <> 'courier' or delivery_address is not null),
  constraint money_before_goods check (
    case payment_method
      when 'online' then status not in ('shipping', 'fulfilled') or paid_at is not null
      else paid_at is null and status <> 'paid' -- cash is collected at the end
    end
  ),
  constraint status_has_its_facts check (
    case status
      when 'created' then paid_at is null and shipped_at is null and fulfilled_at is null and cancelled_at is null
      when 'processing' then paid_at is null and shipped_at is null and fulfilled_at is null and cancelled_at is null
      when 'paid' then paid_at is not null and shipped_at is null and fulfilled_at is null and cancelled_at is null
      when 'shipping' then shipped_at is not null and fulfilled_at is null and cancelled_at is null
      when 'fulfilled' then shipped_at is not null and fulfilled_at is not null and cancelled_at is null
      when 'cancelled' then cancelled_at is not null and reason is not null and fulfilled_at is null
      else false
    end
  )
) with (fillfactor = 70);
create index orders_of_user on ordering.orders (user_id, created_at desc, id desc);
create index orders_moved on ordering.orders (merged_from) where merged_from is not null;
create index orders_newest on ordering.orders (created_at desc, id desc);
create index orders_of_guests on ordering.orders (lower(contact_email)) where contact_email is not null;

-- A phone as staff search it: +7 912 … and 8 912 … are one number.
create function ordering.phone_key(phone text) returns text language sql immutable parallel safe as $$
  select right(regexp_replace(phone, '\D', '', 'g'), 10)
$$;
create index orders_by_phone on ordering.orders (ordering.phone_key(recipient_phone)) where recipient_phone is not null;
create index orders_by_contact_phone on ordering.orders (ordering.phone_key(contact_phone)) where contact_phone is not null;
-- No index contains the status: an order changes it five times, and these updates write no index.

create table ordering.lines (
  order_id     uuid not null references ordering.orders on delete cascade,
  position     smallint not null,
  variant_id   uuid not null,
  product_id   uuid not null,
  sku          text not null,
  title        jsonb not null,
  price        bigint not null check (price between 0 and 10000000000),
  weight_grams integer not null check (weight_grams >= 0),
  quantity     integer not null check (quantity between 1 and 9900), -- 99 pieces in each of 100 items, if all name one variant
  discount_amount bigint not null default 0 check (discount_amount between 0 and price * quantity), -- of all pieces
  components   jsonb, -- of a bundle: the stock that one piece holds, as {variant_id, quantity}; null for a variant with stock of its own
  primary key (order_id, position)
);

create table ordering.timeline (
  order_id        uuid not null references ordering.orders on delete cascade,
  number          integer not null check (number > 0), -- 1, 2, 3 … in each order: a counter of the shop would show its turnover
  event_id        uuid, -- the event that made the entry; null for a status that followed from it, and for requests
  at              timestamptz not null,
  event           text not null,
  status          text not null, -- of the order
  reason          text, -- of a cancellation
  shipment_status text, -- that came with the event
  amount          bigint check (amount > 0), -- of a refund
  primary key (order_id, number)
);
-- A replayed event finds its entry.
create unique index timeline_events on ordering.timeline (order_id, event_id) where event_id is not null;

-- An order without its money yet: online until it is paid, cash until it is handed over. It counts by the account, the
-- e-mail, the phone and the network address of its buyer. The rows are deleted with the count, and so is the address.
create table ordering.open_orders (
  buyer_key    text not null, -- such as phone:online:79123456789
  order_id     uuid not null references ordering.orders on delete cascade,
  counts_until timestamptz, -- a cash order, by a contact or an address; null: until it is closed
  primary key (buyer_key, order_id)
);
create index open_orders_of_order on ordering.open_orders (order_id);

-- The merges of accounts. The owner of an order follows from the account that placed it and these rows alone, so events in any
-- order lead to the same owner. The newest merge of an account that was not reverted counts.
create table ordering.merged_accounts (
  merge_id    uuid primary key,
  user_id     uuid not null,
  into_id     uuid not null,
  is_reverted boolean not null
);
create index merged_accounts_of on ordering.merged_accounts (user_id, merge_id);
create index merged_accounts_into on ordering.merged_accounts (into_id);

-- The account that owns the orders of `account` now: itself, unless it was merged. The shared locks make the handler of a merge wait for
-- the transactions that place orders of the account, and the other way round. Each statement of a volatile function has a
-- snapshot of its own, so it sees the merge that the lock waited for. Null while the merges form a circle, because the
-- event that reverts one of them has not arrived.
create function ordering.owner_of(account uuid) returns uuid language plpgsql volatile as $$
declare
  owner uuid := account;
  next uuid;
begin
  for step in 1..100 loop
    perform pg_advisory_xact_lock_shared(hashtextextended('ordering:merged ' || owner, 0));
    select into_id into next from ordering.merged_accounts
    where user_id = owner and not is_reverted order by merge_id desc limit 1;
    if not found then
      return owner;
    end if;
    owner := next;
  end loop;
  return null;
end $$;

-- Words of staff about an order, for staff. Only added to.
create table ordering.notes (
  id         uuid primary key,
  order_id   uuid not null references ordering.orders on delete cascade,
  user_id    uuid, -- who wrote it; null for a program
  text       text not null check (length(text) between 1 and 2000),
  created_at timestamptz not null
);
create index notes_of_order on ordering.notes (order_id, created_at, id);

-- Buyers who deleted their accounts. Their orders are anonymised as soon as they are closed.
create table ordering.deleted_buyers (
  user_id    uuid primary key,
  deleted_at timestamptz not null
);

-- Per key: the number of open orders, and their pieces of each of the variants, those in bundles included. The orders appear
-- twice: for the join alone PostgreSQL would read the lines of all orders.
create function ordering.count_open(buyer_keys text[], variants uuid[], now timestamptz)
returns table (buyer_key text, variant_id uuid, count bigint) language sql stable as $$
  with counting as (
    select open_order.buyer_key, open_order.order_id from ordering.open_orders as open_order
    where open_order.buyer_key = any(buyer_keys) and (open_order.counts_until is null or open_order.counts_until > now)
  )
  select counting.buyer_key, null::uuid, count(*) from counting group by 1
  union all
  select counting.buyer_key, piece.variant_id, sum(piece.quantity)::bigint
  from counting join ordering.lines as line using (order_id) cross join lateral (
    select line.variant_id, line.quantity::bigint as quantity
    union all
    select (part ->> 'variant_id')::uuid, (part ->> 'quantity')::bigint * line.quantity
      from jsonb_array_elements(line.components) as part
  ) as piece
  where line.order_id = any(array(select order_id from counting)) and piece.variant_id = any(variants) group by 1, 2
$$;

-- Orders of one buyer are counted one after the other. All lock their keys in one order. Each statement of a volatile
-- function has a snapshot of its own, so the count sees every order that the lock waited for.
create function ordering.lock_and_count_open(buyer_keys text[], variants uuid[], now timestamptz)
returns table (buyer_key text, variant_id uuid, count bigint) language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(sorted.lock) from (
    select distinct hashtextextended('ordering:' || key, 0) as lock from unnest(buyer_keys) as key order by 1
  ) as sorted;
  return query select * from ordering.count_open(buyer_keys, variants, now);
end $$;
