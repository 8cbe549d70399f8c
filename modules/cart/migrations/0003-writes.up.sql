-- A write of a cart is one call of a function, so one round trip and one commit. Each function locks the cart first. The next
-- statement of the function has a newer snapshot, so it sees what earlier writes committed while the lock was awaited. A
-- single plain statement would decide on the lines that it read before it waited.

-- The lines of a cart, oldest first.
create function cart.lines_of(of_cart uuid) returns jsonb language sql stable as $$
  select coalesce(
    jsonb_agg(jsonb_build_object('variant_id', variant_id, 'quantity', quantity) order by added_at, variant_id), '[]')
  from cart.items where cart_id = of_cart
$$;

-- Locks the cart of a user, or the guest's cart with the hash of a token, and returns its id; null when there is none.
create function cart.lock_cart(of_user uuid, of_hash bytea, now timestamptz) returns uuid language plpgsql as $$
declare
  locked uuid;
begin
  update cart.carts set updated_at = now, version = uuidv7() where id = of_user or token_hash = of_hash returning id into locked;
  return locked;
end $$;

-- Locks the cart of an owner, or inserts it under new_id. The id of a user's cart is the id of the user, so two first
-- additions of a user meet at the primary key.
create function cart.open_cart(of_user uuid, of_hash bytea, new_id uuid, new_hash bytea, now timestamptz) returns uuid
language plpgsql as $$
declare
  opened uuid := cart.lock_cart(of_user, of_hash, now);
begin
  if opened is null then
    insert into cart.carts (id, token_hash, created_at, updated_at) values (new_id, new_hash, now, now)
    on conflict (id) do update set updated_at = excluded.updated_at, version = excluded.version
    returning id into opened;
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

-- Removes all lines from a locked cart.
create function cart.empty_cart(of_cart uuid) returns void language plpgsql as $$
begin
  delete from cart.items where cart_id = of_cart;
end $$;

-- Merges the guest's cart with the hash of a token into the cart of a user and returns the user's lines and their version. Quantities add up and
-- stop at max_pieces, lines beyond max_lines are left out: signing in must not fail over a cart. Deletes the guest's cart, so
-- a second merge finds none and changes nothing.
create function cart.merge_carts(
  of_user uuid, of_hash bytea, now timestamptz, max_lines integer, max_pieces integer) returns jsonb
language plpgsql as $$
declare
  guest uuid := cart.lock_cart(null, of_hash, now);
begin
  if guest is not null then
    perform cart.open_cart(of_user, null, of_user, null, now);
    update cart.items own set quantity = least(max_pieces, own.quantity + line.quantity)
    from cart.items line
    where own.cart_id = of_user and line.cart_id = guest and line.variant_id = own.variant_id;
    insert into cart.items (cart_id, variant_id, quantity, added_at)
    select of_user, variant_id, quantity, added_at from cart.items line
    where cart_id = guest
      and not exists (select from cart.items own where own.cart_id = of_user and own.variant_id = line.variant_id)
    order by added_at, variant_id
    limit max_lines - (select count(*) from cart.items where cart_id = of_user);
    delete from cart.carts where id = guest;
  end if;
  return (
    select jsonb_build_object('version', version, 'lines', cart.lines_of(id)) from cart.carts where id = of_user);
end $$;

-- Removes the ordered quantities of orders that were not processed before from the carts of their buyers. `ordered` has a row
-- for each line: order_id, user_id, variant_id, quantity. Rows are locked in the order of their ids.
create function cart.remove_ordered_items(ordered jsonb, now timestamptz) returns void language plpgsql as $$
declare
  new_orders uuid[];
  carts uuid[];
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
    select id from cart.carts where id = any(array(select user_id from buyers)) order by id for update
  )
  select array_agg(id) into carts from locked;

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
