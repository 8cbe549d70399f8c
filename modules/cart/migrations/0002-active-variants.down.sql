drop trigger if exists remove_inactive_from_carts on catalog.variants;
drop trigger if exists remove_deleted_from_carts on catalog.variants;
drop trigger if exists skip_inactive_variant on cart.items;
drop function if exists cart.remove_variant();
drop function if exists cart.skip_inactive_variant();
drop function if exists cart.is_for_sale(uuid);
