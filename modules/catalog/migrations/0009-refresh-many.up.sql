-- As before, for a file of thousands of products: the path of each category is read once and not for each product, the
-- variants of a product once, and their stock beside them. Only the stock of a bundle needs a function.
-- Writes the rows of these products again, or deletes them when they are not on sale. In id order, against deadlocks.
create or replace function catalog.refresh_listings(ids uuid[]) returns void language plpgsql as $$
begin
  perform from catalog.listings where product_id = any(ids) order by product_id for update;
  delete from catalog.listings as listing where product_id = any(ids) and not exists (
    select from catalog.products as product
      join catalog.variants as variant on variant.product_id = product.id and variant.is_active
    where product.id = listing.product_id and product.is_active);
  insert into catalog.listings
  with recursive ancestor as (
    select id as below, parent_id, slug, 1 as depth from catalog.categories
    where id in (select category_id from catalog.products where id = any(ids))
    union all
    select below, up.parent_id, up.slug, depth + 1 from catalog.categories as up join ancestor on up.id = ancestor.parent_id
    where depth < 20
  ), path as materialized (
    select below, array_agg('c:' || slug order by depth) as tokens from ancestor group by below
  )
  select product.id, product.type_code, product.created_at, product.name ->> 'ru', product.name ->> 'en',
    offered.price, coalesce(popularity.sold, 0), offered.in_stock,
    array['t:' || product.type_code] || path.tokens
      || array(select 'g:' || tag.slug from catalog.product_tags as assigned
        join catalog.tags as tag on tag.id = assigned.tag_id where assigned.product_id = product.id)
      || array(
        select 'a:' || attribute.key || '=' || element.value
        from jsonb_each(product.attributes) as attribute,
          lateral jsonb_array_elements_text(case jsonb_typeof(attribute.value)
            when 'array' then attribute.value else jsonb_build_array(attribute.value) end) as element
        where jsonb_typeof(attribute.value) <> 'object' and length(element.value) <= 100),
    catalog.numbers_of(product.attributes)
  from catalog.products as product
  join lateral (
    select (array_agg(variant.price order by variant.position, variant.id))[1] as price,
      bool_or(case
        when variant.kind = 'bundle' then coalesce(catalog.available(variant.id), 1) > 0
        else coalesce(stock.policy <> 'track' or stock.on_hand > stock.reserved, true) end) as in_stock
    from catalog.variants as variant left join catalog.stock on stock.variant_id = variant.id
    where variant.product_id = product.id and variant.is_active
    having count(*) > 0) offered on true
  left join path on path.below = product.category_id
  left join catalog.popularity on popularity.product_id = product.id
  where product.id = any(ids) and product.is_active
  order by product.id
  on conflict (product_id) do update set
    (type_code, created_at, name_ru, name_en, price, sold, in_stock, tokens, numbers) =
    (excluded.type_code, excluded.created_at, excluded.name_ru, excluded.name_en, excluded.price, excluded.sold,
     excluded.in_stock, excluded.tokens, excluded.numbers);
  insert into catalog.documents
  select product.id, catalog.document_of(product.name, product.description, labels.skus, labels.names)
  from catalog.listings as listing join catalog.products as product on product.id = listing.product_id
  left join lateral (
    select (select string_agg(sku, ' ') from catalog.variants as variant
      where variant.product_id = product.id and variant.is_active) as skus,
      jsonb_build_object('ru', string_agg(name ->> 'ru', ' '), 'en', string_agg(name ->> 'en', ' ')) as names
    from (select name from catalog.types where code = product.type_code
          union all select name from catalog.categories where id = product.category_id
          union all select tag.name from catalog.product_tags as assigned
            join catalog.tags as tag on tag.id = assigned.tag_id where assigned.product_id = product.id) named
  ) labels on true
  where listing.product_id = any(ids)
  order by product.id
  on conflict (product_id) do update set search = excluded.search where documents.search <> excluded.search;
  insert into catalog.words
  select word, catalog.latin(word) from (
    select distinct unnest(tsvector_to_array(to_tsvector('simple', catalog.plain(concat_ws(' ', named.ru, named.en))))) as word
    from (
      select name_ru as ru, name_en as en from catalog.listings where product_id = any(ids)
      union select labels.name ->> 'ru', labels.name ->> 'en' from catalog.products as product join lateral (
        select name from catalog.types where code = product.type_code
        union all select name from catalog.categories where id = product.category_id
        union all select tag.name from catalog.product_tags as assigned
          join catalog.tags as tag on tag.id = assigned.tag_id where assigned.product_id = product.id
      ) labels on true
      where product.id = any(ids) and product.is_active) named) listed
  where length(word) between 3 and 40
  order by word
  on conflict do nothing;
end $$;

drop function catalog.tokens_of(catalog.products);
