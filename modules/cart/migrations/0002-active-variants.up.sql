-- needs: catalog
-- The only SQL of a module that touches the table of another: a variant that is switched off leaves every cart in the same
-- transaction, whichever program switches it off (CAT-9). Cart and catalog are one service with one database.

create function cart.remove_variant() returns trigger language plpgsql as $$
begin
  delete from cart.items where variant_id = old.id;
  return null;
end $$;

create trigger remove_inactive_from_carts after update of is_active on catalog.variants
for each row when (old.is_active and not new.is_active) execute function cart.remove_variant();

create trigger remove_deleted_from_carts after delete on catalog.variants
for each row execute function cart.remove_variant();

-- The lock on the variant's row makes an insert into a cart wait for a transaction that switches the variant off, and the
-- other way round. Holds do not wait, because stock is another table. The trigger skips an inactive variant without an
-- error, so that the rest of a merged cart is saved.
create function cart.skip_inactive_variant() returns trigger language plpgsql as $$
begin
  perform from catalog.variants where id = new.variant_id and is_active for share;
  if found then
    return new;
  end if;
  return null;
end $$;

create trigger skip_inactive_variant before insert on cart.items
for each row execute function cart.skip_inactive_variant();

-- True for a variant that the catalog offers now. Takes no lock: the trigger above decides when a variant is switched off at
-- the same time.
create function cart.is_for_sale(of_variant uuid) returns boolean language sql stable as $$
  select exists (
    select from catalog.variants variant join catalog.products product on product.id = variant.product_id
    where variant.id = of_variant and variant.is_active and product.is_active)
$$;
