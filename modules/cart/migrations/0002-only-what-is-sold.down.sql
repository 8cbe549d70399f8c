drop trigger if exists leave_carts_when_inactive on catalog.variants;
drop trigger if exists leave_carts_when_deleted on catalog.variants;
drop trigger if exists admit_only_what_is_sold on cart.items;
drop function if exists cart.leave_with_variant();
drop function if exists cart.admit_only_what_is_sold();
