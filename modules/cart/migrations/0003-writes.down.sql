drop function if exists cart.remove_ordered_items(jsonb, timestamptz);
drop function if exists cart.merge_carts(uuid, bytea, timestamptz, integer, integer);
drop function if exists cart.empty_cart(uuid);
drop function if exists cart.remove_item(uuid, uuid);
drop function if exists cart.change_item(uuid, uuid, integer);
drop function if exists cart.add_item(uuid, uuid, integer, timestamptz, integer, integer);
drop function if exists cart.open_cart(uuid, bytea, uuid, bytea, timestamptz);
drop function if exists cart.lock_cart(uuid, bytea, timestamptz);
drop function if exists cart.lines_of(uuid);
