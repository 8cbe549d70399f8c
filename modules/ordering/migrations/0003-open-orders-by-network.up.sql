-- From which an order was placed, beside a contact that is not proven. An older version runs beside this one: it calls the
-- functions of the first migration, and its orders count for every network.
alter table ordering.open_orders add column network text;

-- Per key and network: the number of open orders, and their pieces of each of the variants, those in bundles included. The
-- orders appear twice: for the join alone PostgreSQL would read the lines of all orders.
create function ordering.count_open_by_network(buyer_keys text[], variants uuid[], now timestamptz)
returns table (buyer_key text, network text, variant_id uuid, count bigint) language sql stable as $$
  with counting as (
    select open_order.buyer_key, open_order.network, open_order.order_id from ordering.open_orders as open_order
    where open_order.buyer_key = any(buyer_keys) and (open_order.counts_until is null or open_order.counts_until > now)
  )
  select counting.buyer_key, counting.network, null::uuid, count(*) from counting group by 1, 2
  union all
  select counting.buyer_key, counting.network, piece.variant_id, sum(piece.quantity)::bigint
  from counting join ordering.lines as line using (order_id) cross join lateral (
    select line.variant_id, line.quantity::bigint as quantity
    union all
    select (part ->> 'variant_id')::uuid, (part ->> 'quantity')::bigint * line.quantity
      from jsonb_array_elements(line.components) as part
  ) as piece
  where line.order_id = any(array(select order_id from counting)) and piece.variant_id = any(variants) group by 1, 2, 3
$$;

-- Orders of one buyer are counted one after the other. All lock their keys in one order. Each statement of a volatile
-- function has a snapshot of its own, so the count sees every order that the lock waited for.
create function ordering.lock_and_count_open_by_network(buyer_keys text[], variants uuid[], now timestamptz)
returns table (buyer_key text, network text, variant_id uuid, count bigint) language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(sorted.lock) from (
    select distinct hashtextextended('ordering:' || key, 0) as lock from unnest(buyer_keys) as key order by 1
  ) as sorted;
  return query select * from ordering.count_open_by_network(buyer_keys, variants, now);
end $$;
