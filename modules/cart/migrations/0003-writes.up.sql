-- A write of a cart is one call of a function, so one round trip and one commit. Each function locks the cart first. The next
-- statement of the function has a newer snapshot, so it sees what earlier writes committed while the lock was awaited. A
-- single plain statement would decide on the lines that it read before it waited.

-- The lines of a cart, oldest first.
create function cart.lines_of(of_cart uuid) returns jsonb language sql stable as $$
  select coalesce(
    jsonb_agg(jsonb_build_object('variant_id', variant_id, 'quantity', quantity) order by added_at, variant_id), '[]')
  from cart.items where cart_id = of_cart
$$;

-- Locks the cart of a user, or the guest's cart with the hash of a token, and returns its id; null when there is none. A late
-- request of a merged account gets the cart of the survivor. Two accounts are never merged into each other for longer than it
-- takes to handle two events; the loop then ends at one of the two.
create function cart.lock_cart(of_user uuid, of_hash bytea, now timestamptz) returns uuid language plpgsql as $$
declare
  locked uuid;
  next uuid;
begin
  update cart.carts set updated_at = now, version = uuidv7() where id = of_user or token_hash = of_hash
  returning id, merged_into into locked, next;
  for step in 1..100 loop
    exit when next is null;
    update cart.carts set updated_at = now, version = uuidv7() where id = next returning id, merged_into into locked, next;
  end loop;
  return locked;
end $$;

-- The user whose cart has the lines of `of_user`: itself, unless the account was merged.
create function cart.owner_of(of_user uuid) returns uuid language sql stable as $$
  with recursive chain(id, step) as (
    select of_user, 0
    union all
    select merged_into, step + 1 from chain join cart.carts using (id) where merged_into is not null and step < 100
  )
  select id from chain order by step desc limit 1
$$;

-- Locks the cart of an owner, or inserts it under new_id. The id of a user's cart is the id of the user, so two first
-- additions of a user meet at the primary key.
create function cart.open_cart(of_user uuid, of_hash bytea, new_id uuid, new_hash bytea, now timestamptz) returns uuid
language plpgsql as $$
declare
  opened uuid := cart.lock_cart(of_user, of_hash, now);
begin
  if opened is null then
    insert into cart.carts (id, token_hash, created_at, updated_at) values (new_id, new_hash, now, now)
    on conflict (id) do nothing returning id into opened;
  end if;
  if opened is null then
    opened := cart.lock_cart(of_user, of_hash, now);
  end if;
  return opened;
end $$;

-- Adds pieces of a variant to a locked cart. Returns the outcome: `added` with all lines, or the reason of the refusal; null
-- when the variant was switched off a moment ago.
create function cart.add_item(
  of_cart uuid, of_variant uuid, pieces integer, now timestamptz, max_lines integer, max_pieces integer) returns jsonb
language plpgsql as $$
declare
  in_cart integer := (select quantity from cart.items where cart_id = of_cart and variant_id = of_variant);
begin
  if in_cart is null and (select count(*) from cart.items where cart_id = of_cart) >= max_lines then
    return jsonb_build_object('kind', 'refused', 'reason', 'cart-full', 'maximum', max_lines);
  end if;
  if coalesce(in_cart, 0) + pieces > max_pieces then
    return jsonb_build_object(
      'kind', 'refused', 'reason', 'too-many-pieces', 'in_cart', coalesce(in_cart, 0), 'maximum', max_pieces);
  end if;
  insert into cart.items (cart_id, variant_id, quantity, added_at) values (of_cart, of_variant, pieces, now)
  on conflict (cart_id, variant_id) do update set quantity = items.quantity + excluded.quantity;
  return case when found then
    jsonb_build_object('kind', 'added', 'cart_id', of_cart, 'lines', cart.lines_of(of_cart)) end;
end $$;

-- Changes the quantity of a variant in a locked cart and returns all lines; null when the variant is not in the cart.
create function cart.change_item(of_cart uuid, of_variant uuid, pieces integer) returns jsonb language plpgsql as $$
begin
  update cart.items set quantity = pieces where cart_id = of_cart and variant_id = of_variant;
  return case when found then cart.lines_of(of_cart) end;
end $$;

-- Removes a variant from a locked cart and returns the other lines.
create function cart.remove_item(of_cart uuid, of_variant uuid) returns jsonb language plpgsql as $$
begin
  delete from cart.items where cart_id = of_cart and variant_id = of_variant;
  return cart.lines_of(of_cart);
end $$;

-- Removes all lines and the coupon from a locked cart.
create function cart.empty_cart(of_cart uuid) returns void language plpgsql as $$
begin
  delete from cart.items where cart_id = of_cart;
  update cart.carts set coupon = null where id = of_cart and coupon is not null;
end $$;

-- Changes the coupon of an owner's cart, which is inserted under new_id when there is none; null as new_id inserts none. The
-- version of the lines stays: two orders must not take the same lines with different coupons.
create function cart.set_coupon(
  of_user uuid, of_hash bytea, new_id uuid, new_hash bytea, new_coupon text, now timestamptz) returns jsonb
language plpgsql as $$
declare
  changed uuid;
  next uuid;
begin
  update cart.carts set coupon = new_coupon, updated_at = now where id = of_user or token_hash = of_hash
  returning id, merged_into into changed, next;
  for step in 1..100 loop
    exit when next is null;
    update cart.carts set coupon = new_coupon, updated_at = now where id = next returning id, merged_into into changed, next;
  end loop;
  if changed is null and new_id is not null then
    insert into cart.carts (id, token_hash, created_at, updated_at, coupon) values (new_id, new_hash, now, now, new_coupon)
    on conflict (id) do update set coupon = excluded.coupon, updated_at = excluded.updated_at
    returning id into changed;
  end if;
  return (select jsonb_build_object('cart_id', changed, 'lines', cart.lines_of(changed)) where changed is not null);
end $$;

-- Adds the lines of one locked cart to those of another. Quantities stop at max_pieces, lines beyond max_lines are left out.
create function cart.move_lines(from_cart uuid, to_cart uuid, max_lines integer, max_pieces integer) returns void
language plpgsql as $$
begin
  update cart.items own set quantity = least(max_pieces, own.quantity + line.quantity)
  from cart.items line
  where own.cart_id = to_cart and line.cart_id = from_cart and line.variant_id = own.variant_id;
  insert into cart.items (cart_id, variant_id, quantity, added_at)
  select to_cart, variant_id, quantity, added_at from cart.items line
  where cart_id = from_cart
    and not exists (select from cart.items own where own.cart_id = to_cart and own.variant_id = line.variant_id)
  order by added_at, variant_id
  limit max_lines - (select count(*) from cart.items where cart_id = to_cart);
  delete from cart.items where cart_id = from_cart;
end $$;

-- Merges the guest's cart with the hash of a token into the cart of a user and returns the user's lines and their version. Quantities add up and
-- stop at max_pieces, lines beyond max_lines are left out: signing in must not fail over a cart. The coupon comes along unless
-- the user has one. Deletes the guest's cart, so
-- a second merge finds none and changes nothing.
create function cart.merge_carts(
  of_user uuid, of_hash bytea, now timestamptz, max_lines integer, max_pieces integer) returns jsonb
language plpgsql as $$
declare
  guest uuid := cart.lock_cart(null, of_hash, now);
  owner uuid := of_user;
begin
  if guest is not null then
    owner := cart.open_cart(of_user, null, of_user, null, now);
    perform cart.move_lines(guest, owner, max_lines, max_pieces);
    update cart.carts set coupon = (select coupon from cart.carts where id = guest) where id = owner and coupon is null;
    delete from cart.carts where id = guest;
  end if;
  return (
    select jsonb_build_object('version', version, 'coupon', coupon, 'lines', cart.lines_of(id)) from cart.carts where id = owner);
end $$;

-- Removes the ordered quantities of orders that were not processed before from the carts of their buyers. `ordered` has a row
-- for each line: order_id, user_id, variant_id, quantity, and the coupon that the order used. Rows are locked in the order of their ids.
create function cart.remove_ordered_items(ordered jsonb, now timestamptz) returns void language plpgsql as $$
declare
  new_orders uuid[];
  carts uuid[];
  are_merged boolean;
begin
  with recorded as (
    insert into cart.processed_orders (order_id, processed_at)
    select distinct order_id, now from jsonb_to_recordset(ordered) as line(order_id uuid) order by order_id
    on conflict do nothing returning order_id
  )
  select array_agg(order_id) into new_orders from recorded;

  with buyers as (
    select user_id from jsonb_to_recordset(ordered) as line(order_id uuid, user_id uuid) where order_id = any(new_orders)
  ), locked as (
    select id, merged_into from cart.carts where id = any(array(select user_id from buyers)) order by id for update
  )
  select array_agg(id), bool_or(merged_into is not null) into carts, are_merged from locked;

  -- The account of a buyer was merged meanwhile: the lines are in the cart of the survivor.
  if are_merged then
    select jsonb_agg(line || jsonb_build_object('user_id', cart.owner_of((line ->> 'user_id')::uuid))) into ordered
    from jsonb_array_elements(ordered) as line;
    with locked as (
      select id from cart.carts
      where id = any(array(select user_id from jsonb_to_recordset(ordered) as line(user_id uuid))) order by id for update
    )
    select array_agg(id) into carts from locked;
  end if;

  update cart.carts own set coupon = null
  from jsonb_to_recordset(ordered) as line(order_id uuid, user_id uuid, coupon text)
  where line.order_id = any(new_orders) and own.id = any(carts) and own.id = line.user_id and own.coupon = line.coupon;

  with bought as (
    select user_id, variant_id, sum(quantity) as quantity
    from jsonb_to_recordset(ordered) as line(order_id uuid, user_id uuid, variant_id uuid, quantity integer)
    where order_id = any(new_orders)
    group by user_id, variant_id
  ), deleted as (
    delete from cart.items item using bought
    where item.cart_id = any(carts)
      and item.cart_id = bought.user_id and item.variant_id = bought.variant_id and item.quantity <= bought.quantity
  )
  update cart.items item set quantity = item.quantity - bought.quantity from bought
  where item.cart_id = any(carts)
    and item.cart_id = bought.user_id and item.variant_id = bought.variant_id and item.quantity > bought.quantity;
end $$;

-- Moves the lines of one locked cart to another, for a merge of accounts, and records them for its reversal.
create function cart.move_merged_lines(of_merge uuid, from_cart uuid, to_cart uuid, max_lines integer, max_pieces integer)
returns void language plpgsql as $$
declare
  earlier jsonb; -- the lines of one cart, each with the pieces of it that the other has
begin
  select jsonb_agg(jsonb_build_object('variant_id', line.variant_id, 'quantity', line.quantity, 'added_at', line.added_at,
           'before', coalesce(own.quantity, 0))) into earlier
  from cart.items line left join cart.items own on own.cart_id = to_cart and own.variant_id = line.variant_id
  where line.cart_id = from_cart;
  perform cart.move_lines(from_cart, to_cart, max_lines, max_pieces);
  insert into cart.merged_items as item (merge_id, variant_id, quantity, added, added_at)
  select of_merge, line.variant_id, line.quantity, coalesce(own.quantity, line.before) - line.before, line.added_at
  from jsonb_to_recordset(earlier) as line(variant_id uuid, quantity integer, added_at timestamptz, before integer)
  left join cart.items own on own.cart_id = to_cart and own.variant_id = line.variant_id
  on conflict (merge_id, variant_id) do update
  set quantity = least(max_pieces, item.quantity + excluded.quantity), added = item.added + excluded.added;
end $$;

-- Gives the lines of a merged account to the cart of the survivor, once per merge. A survivor that was merged itself passes
-- them on. The empty cart of the merged account stays and names the survivor, for its requests and orders that are still on
-- their way.
create function cart.merge_account(
  of_merge uuid, of_from uuid, of_into uuid, now timestamptz, max_lines integer, max_pieces integer) returns void
language plpgsql as $$
declare
  merge uuid := of_merge;
  giver uuid := of_from;
  taker uuid := of_into;
  next uuid;
begin
  insert into cart.merged_accounts (merge_id, user_id, into_id, is_reverted, handled_at)
  values (of_merge, of_from, of_into, false, now) on conflict do nothing;
  if not found then
    return;
  end if;
  insert into cart.carts (id, created_at, updated_at, merged_into) values (of_from, now, now, of_into)
  on conflict (id) do update set merged_into = excluded.merged_into, updated_at = now;
  for step in 1..100 loop
    insert into cart.carts (id, created_at, updated_at) values (taker, now, now)
    on conflict (id) do update set updated_at = excluded.updated_at, version = excluded.version
    returning merged_into into next;
    perform cart.move_merged_lines(merge, giver, taker, max_lines, max_pieces);
    -- Two accounts name each other until the event that reverts one of the merges is handled.
    exit when next is null or next = of_from;
    select merge_id into merge from cart.merged_accounts
    where user_id = taker and not is_reverted order by merge_id desc limit 1;
    giver := taker;
    taker := next;
  end loop;
end $$;

-- Gives the lines that a merge moved back to the account, as far as they are still in the cart of the survivor. A line
-- of which nothing was removed since gets the quantity that it had.
create function cart.revert_merge(of_merge uuid, of_from uuid, of_into uuid, now timestamptz) returns void
language plpgsql as $$
declare
  own uuid;
  survivor uuid;
begin
  insert into cart.merged_accounts (merge_id, user_id, into_id, is_reverted, handled_at)
  values (of_merge, of_from, of_into, true, now)
  on conflict (merge_id) do update set is_reverted = true where not merged_accounts.is_reverted;
  if not found then
    return;
  end if;
  update cart.carts set merged_into = (
    select into_id from cart.merged_accounts where user_id = of_from and not is_reverted order by merge_id desc limit 1)
  where id = of_from;
  own := cart.lock_cart(of_from, null, now);
  survivor := cart.lock_cart(of_into, null, now);
  if survivor = own then
    survivor := of_into;
  end if;
  insert into cart.items (cart_id, variant_id, quantity, added_at)
  select own, item.variant_id, case when there.quantity >= item.added then item.quantity else there.quantity end, item.added_at
  from cart.merged_items item
  left join cart.items line on line.cart_id = survivor and line.variant_id = item.variant_id
  cross join lateral (select coalesce(line.quantity, 0) as quantity) as there
  where item.merge_id = of_merge and (there.quantity > 0 or item.added = 0)
  on conflict (cart_id, variant_id) do update set quantity = least(99, items.quantity + excluded.quantity);
  delete from cart.items line using cart.merged_items item
  where item.merge_id = of_merge and line.cart_id = survivor and line.variant_id = item.variant_id
    and line.quantity <= item.added;
  update cart.items line set quantity = line.quantity - item.added from cart.merged_items item
  where item.merge_id = of_merge and line.cart_id = survivor and line.variant_id = item.variant_id
    and line.quantity > item.added;
  delete from cart.merged_items where merge_id = of_merge;
end $$;
