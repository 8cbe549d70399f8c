-- needs: catalog
-- The one place where a module's SQL knows another's table: what is switched off leaves every cart in the same
-- transaction, whoever switches it off (CAT-9). Cart and catalog are one service with one database.

create function cart.leave_with_variant() returns trigger language plpgsql as $$
begin
  delete from cart.items where variant_id = old.id;
  return null;
end $$;

create trigger leave_carts_when_inactive after update of is_active on catalog.variants
for each row when (old.is_active and not new.is_active) execute function cart.leave_with_variant();

create trigger leave_carts_when_deleted after delete on catalog.variants
for each row execute function cart.leave_with_variant();

-- Who fills a cart and who switches the variant off at that moment wait for each other by the variant's row (stock is
-- another table: holds do not notice). An inactive one is skipped without an error, so that it does not spoil the
-- merge of a whole cart.
create function cart.admit_only_what_is_sold() returns trigger language plpgsql as $$
begin
  perform from catalog.variants where id = new.variant_id and is_active for share;
  if found then
    return new;
  end if;
  return null;
end $$;

create trigger admit_only_what_is_sold before insert on cart.items
for each row execute function cart.admit_only_what_is_sold();
