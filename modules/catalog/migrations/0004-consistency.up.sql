-- CAT-9: a product without active variants is not sold, also after plain SQL. The cart module adds its own triggers on
-- catalog.variants.
create function catalog.product_deactivated() returns trigger language plpgsql as $$
begin
  update catalog.variants set is_active = false, hidden_with_product = true where product_id = new.id and is_active;
  return null;
end $$;

create trigger product_deactivated after update on catalog.products
  for each row when (old.is_active and not new.is_active) execute function catalog.product_deactivated();

-- Restores the variants that were active before.
create function catalog.product_activated() returns trigger language plpgsql as $$
begin
  update catalog.variants set is_active = true, hidden_with_product = false where product_id = new.id and hidden_with_product;
  return null;
end $$;

create trigger product_activated after update on catalog.products
  for each row when (not old.is_active and new.is_active) execute function catalog.product_activated();

-- A variant that is activated or deactivated by itself follows that choice, and not its product.
create function catalog.variant_chosen() returns trigger language plpgsql as $$
begin
  new.hidden_with_product := false;
  return new;
end $$;

create trigger variant_chosen before update on catalog.variants for each row
  when (old.is_active <> new.is_active and old.hidden_with_product and new.hidden_with_product)
  execute function catalog.variant_chosen();

create function catalog.variant_deactivated() returns trigger language plpgsql as $$
begin
  -- The lock lets the second of two concurrent deactivations see the first.
  perform from catalog.products where id = old.product_id for update;
  update catalog.products set is_active = false
  where id = old.product_id and is_active
    and not exists (select from catalog.variants where product_id = old.product_id and is_active);
  return null;
end $$;

create trigger variant_deactivated after update on catalog.variants
  for each row when (old.is_active and not new.is_active) execute function catalog.variant_deactivated();
create trigger variant_deleted after delete on catalog.variants
  for each row when (old.is_active) execute function catalog.variant_deactivated();

-- Sets the computed prices and weights of these bundles to the sums over their components, in their currency. The lock comes in
-- a statement of its own: the sum then sees the prices that another transaction gave to other components of the bundle.
create function catalog.sum_up(bundle_ids uuid[]) returns void language sql as $$
  select from catalog.variants where id = any(bundle_ids) order by id for no key update;
  update catalog.variants as bundle set
    price = case bundle.pricing when 'computed' then summed.price else bundle.price end,
    compare_at_price =
      case when bundle.pricing = 'own' or bundle.compare_at_price > summed.price then bundle.compare_at_price end,
    weight_grams = case bundle.weighing when 'computed' then summed.weight else bundle.weight_grams end
  from (select component.bundle_id, sum(variant.price * component.quantity) as price,
          least(sum(variant.weight_grams::bigint * component.quantity), 2147483647)::int as weight
        from catalog.bundle_components as component
          join catalog.variants as variant on variant.id = component.component_id
        where component.bundle_id = any(bundle_ids) group by component.bundle_id) summed
  where bundle.id = summed.bundle_id and ((bundle.pricing = 'computed' and bundle.price <> summed.price)
    or (bundle.weighing = 'computed' and bundle.weight_grams <> summed.weight))
$$;

-- The products of the bundles that contain these variants: they sell out and come back with them.
create function catalog.bundle_products(variant_ids uuid[]) returns uuid[] language sql stable as $$
  select coalesce(array_agg(distinct bundle.product_id), '{}')
  from catalog.bundle_components as component
    join catalog.variants as bundle on bundle.id = component.bundle_id where component.component_id = any(variant_ids)
$$;

create function catalog.variants_changed() returns trigger language plpgsql as $$
declare
  products uuid[];
  bundles uuid[];
begin
  if tg_op = 'DELETE' then
    select array_agg(distinct product_id order by product_id) into products from old_rows;
  else
    select array_agg(distinct product_id order by product_id) into products from new_rows;
  end if;
  if products is null then return null; end if;
  if tg_op = 'UPDATE' then
    select array_agg(distinct bundle_id) into bundles
    from catalog.bundle_components as component join new_rows on new_rows.id = component.component_id
      join old_rows on old_rows.id = new_rows.id
    where new_rows.price <> old_rows.price or new_rows.weight_grams <> old_rows.weight_grams;
    if bundles is not null then perform catalog.sum_up(bundles); end if;
    products := products || catalog.bundle_products(array(
      select new_rows.id from new_rows join old_rows using (id) where new_rows.is_active <> old_rows.is_active));
  end if;
  perform catalog.refresh_listings(products);
  return null;
end $$;

create trigger variants_inserted after insert on catalog.variants
  referencing new table as new_rows for each statement execute function catalog.variants_changed();
create trigger variants_updated after update on catalog.variants
  referencing old table as old_rows new table as new_rows for each statement execute function catalog.variants_changed();
create trigger variants_deleted after delete on catalog.variants
  referencing old table as old_rows for each statement execute function catalog.variants_changed();

create function catalog.products_changed() returns trigger language plpgsql as $$
begin
  perform catalog.refresh_listings(array(select id from changed_rows) || catalog.bundle_products(array(
    select variant.id from catalog.variants as variant join changed_rows on changed_rows.id = variant.product_id
    join old_rows on old_rows.id = changed_rows.id where changed_rows.is_active <> old_rows.is_active)));
  return null;
end $$;

create trigger products_updated after update on catalog.products
  referencing old table as old_rows new table as changed_rows for each statement execute function catalog.products_changed();

create function catalog.product_tags_changed() returns trigger language plpgsql as $$
begin
  perform catalog.refresh_listings(array(select distinct product_id from changed_rows order by 1));
  return null;
end $$;

create trigger product_tags_inserted after insert on catalog.product_tags
  referencing new table as changed_rows for each statement execute function catalog.product_tags_changed();
create trigger product_tags_deleted after delete on catalog.product_tags
  referencing old table as changed_rows for each statement execute function catalog.product_tags_changed();

create function catalog.tag_renamed() returns trigger language plpgsql as $$
begin
  perform catalog.refresh_listings(array(select product_id from catalog.product_tags where tag_id = new.id order by 1));
  return null;
end $$;

create trigger tag_renamed after update on catalog.tags for each row execute function catalog.tag_renamed();

-- A category that moves or is renamed changes the tokens of all products below it.
create function catalog.category_moved() returns trigger language plpgsql as $$
begin
  perform catalog.refresh_listings(array(
    with recursive below as (
      select new.id as id, 1 as depth
      union all select category.id, depth + 1 from catalog.categories as category
        join below on category.parent_id = below.id where depth < 20
    ) select product.id from catalog.products as product
      where product.category_id in (select id from below) and product.is_active order by product.id));
  return null;
end $$;

create trigger category_moved after update on catalog.categories for each row
  when (old.parent_id is distinct from new.parent_id or old.slug <> new.slug or old.name <> new.name)
  execute function catalog.category_moved();

create function catalog.components_changed() returns trigger language plpgsql as $$
declare
  bundles uuid[];
begin
  select array_agg(distinct bundle_id) into bundles from changed_rows;
  if bundles is null then return null; end if;
  perform catalog.sum_up(bundles);
  perform catalog.refresh_listings(array(
    select distinct product_id from catalog.variants where id = any(bundles) order by 1));
  return null;
end $$;

create trigger components_inserted after insert on catalog.bundle_components
  referencing new table as changed_rows for each statement execute function catalog.components_changed();
create trigger components_updated after update on catalog.bundle_components
  referencing new table as changed_rows for each statement execute function catalog.components_changed();
create trigger components_deleted after delete on catalog.bundle_components
  referencing old table as changed_rows for each statement execute function catalog.components_changed();

create function catalog.stock_opened() returns trigger language plpgsql as $$
begin
  perform catalog.refresh_in_stock(array(select variant_id from changed_rows));
  return null;
end $$;

create trigger stock_opened after insert on catalog.stock
  referencing new table as changed_rows for each statement execute function catalog.stock_opened();

-- CAT-10: every change of what the public responses show reaches the caches, after plain SQL too. PostgreSQL sends one
-- notification for each transaction, at its commit. Stock is not here: a NOTIFY of every order would serialize commits.
create function catalog.publish_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('posad_cache', 'catalog');
  return null;
end $$;

do $$
declare
  shown text;
begin
  foreach shown in array array['products', 'variants', 'product_tags', 'bundle_components', 'brew_profiles', 'categories',
    'tags', 'attributes', 'types', 'type_attributes']
  loop
    execute format('create trigger change_published after insert or update or delete or truncate on catalog.%I
      for each statement execute function catalog.publish_change()', shown);
  end loop;
end $$;
