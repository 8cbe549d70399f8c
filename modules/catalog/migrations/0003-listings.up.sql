-- The public lists read this table: one narrow row for each active product with everything that filters and sorts.
-- Triggers on products, variants, tags and categories update it; the code that changes stock updates in_stock and sold.
create extension if not exists pg_trgm;

create table catalog.popularity (
  product_id uuid primary key references catalog.products on delete cascade,
  sold       bigint not null default 0
) with (fillfactor = 50);

-- Two of a thousand million tokens have the same hash with a probability of 3 %, and only a product with one of them and a
-- filter by the other would show it.
create function catalog.hashes_of(tokens text[]) returns bigint[] language sql immutable parallel safe as
  $$ select case when cardinality(tokens) <= 200 then array(select hashtextextended(token, 0) from unnest(tokens) token) end $$;

create table catalog.listings (
  product_id uuid primary key references catalog.products on delete cascade,
  type_code  text not null,
  created_at timestamptz not null,
  name_ru    text collate "und-x-icu" not null,
  name_en    text collate "und-x-icu" not null,
  -- The price of the first active variant by position, which the lists show.
  price      bigint not null,
  sold       bigint not null,
  in_stock   boolean not null,
  -- t:type, c:category and every category above it, g:tag, a:attribute=value
  tokens     text[] not null,
  -- number and range attributes as {"code": [from, to]}
  numbers    jsonb not null,
  -- Null for a product with so many tokens that they could exceed a row of an index.
  token_hashes bigint[] generated always as (catalog.hashes_of(tokens)) stored
) with (fillfactor = 80, parallel_workers = 0); -- a list may not take as long as the start of workers
alter table catalog.listings alter column tokens set statistics 1000;

-- The search vectors. A table of their own lets an ordered scan of the lists read three times fewer pages.
create table catalog.documents (
  product_id uuid primary key references catalog.listings on delete cascade,
  search     tsvector not null
) with (parallel_workers = 0);
create index document_search on catalog.documents using gin (search);

-- Each has the columns that most filters decide by, so that a filtered list in its order reads no row of the table.
create index listing_newest on catalog.listings (created_at, product_id) include (price, in_stock, token_hashes);
create index listing_price on catalog.listings (price, product_id) include (in_stock, token_hashes);
create index listing_sold on catalog.listings (sold, product_id) include (price, in_stock, token_hashes);
create index listing_name_ru on catalog.listings (name_ru, product_id) include (price, in_stock, token_hashes);
create index listing_name_en on catalog.listings (name_en, product_id) include (price, in_stock, token_hashes);
create index listing_tokens on catalog.listings using gin (tokens);

-- Every word of a name, a category, a tag or a type that was ever listed, for "did you mean". Words are compared in a one-to-one Latin spelling, so
-- that `ulun` finds «улун». With LC_CTYPE C pg_trgm ignores Cyrillic letters; the Latin spelling works there too.
create table catalog.words (
  word  text primary key,
  latin text not null
);
create index word_latin on catalog.words using gin (latin gin_trgm_ops);

create function catalog.plain(spelled text) returns text language sql immutable parallel safe as
  $$ select translate(lower(spelled), 'ё', 'е') $$;

create function catalog.latin(spelled text) returns text language sql immutable parallel safe as $$
  select translate(catalog.plain(spelled), 'абвгдежзийклмнопрстуфхцчшщъыьэюя', 'abvgdejziyklmnoprstufhc4ww0y0eua')
$$;

-- The words that `misspelt` may mean. Two swapped letters leave few trigrams in common, so a word of about the same length
-- with the same first letter may be less similar than others.
create function catalog.similar_words(misspelt text) returns table (word text, score real) language sql stable
set pg_trgm.similarity_threshold = 0.2 as $$
  select known.word, similarity(known.latin, spelled.latin) as score
  from (select catalog.latin(misspelt) as latin) spelled
  join catalog.words as known on known.latin % spelled.latin
  where similarity(known.latin, spelled.latin) >= 0.3
    or (left(known.latin, 1) = left(spelled.latin, 1) and abs(length(known.latin) - length(spelled.latin)) <= 1)
  order by score desc, known.word limit 20
$$;

-- Matches every word in either language, unchanged or by its stem; `unfinished` follows the last word. PostgreSQL replaces
-- the call by its result before it plans; 24 calls of to_tsquery in a statement would double the time to parse and plan it.
create function catalog.search_of(words text[], unfinished text) returns tsquery
language plpgsql immutable strict parallel safe as $$
declare
  search tsquery;
  word   tsquery;
  term   text;
begin
  for i in 1 .. cardinality(words) loop
    term := words[i] || case when i = cardinality(words) then unfinished else '' end;
    word := to_tsquery('simple', term) || to_tsquery('russian', term) || to_tsquery('english', term);
    search := coalesce(search && word, word);
  end loop;
  return search;
end $$;

create function catalog.document_of(name jsonb, description jsonb, skus text, labels jsonb) returns tsvector
language sql immutable parallel safe as $$
  select setweight(
      to_tsvector('russian', catalog.plain(name ->> 'ru')) || to_tsvector('english', name ->> 'en')
      || to_tsvector('simple', catalog.plain(concat_ws(' ', name ->> 'ru', name ->> 'en', skus))), 'A')
    || setweight(
      to_tsvector('russian', catalog.plain(coalesce(labels ->> 'ru', '')))
      || to_tsvector('english', coalesce(labels ->> 'en', '')), 'B')
    || setweight(
      to_tsvector('russian', catalog.plain(description ->> 'ru')) || to_tsvector('english', description ->> 'en'), 'D')
$$;

create function catalog.tokens_of(product catalog.products) returns text[] language sql stable as $$
  with recursive ancestor as (
    select id, parent_id, slug, 1 as depth from catalog.categories where id = product.category_id
    union all
    select up.id, up.parent_id, up.slug, depth + 1 from catalog.categories up join ancestor on up.id = ancestor.parent_id
    where depth < 20
  )
  select array['t:' || product.type_code]
    || array(select 'c:' || slug from ancestor)
    || array(select 'g:' || tag.slug from catalog.product_tags as assigned
      join catalog.tags as tag on tag.id = assigned.tag_id where assigned.product_id = product.id)
    || array(
      select 'a:' || attribute.key || '=' || element.value
      from jsonb_each(product.attributes) as attribute,
        lateral jsonb_array_elements_text(case jsonb_typeof(attribute.value)
          when 'array' then attribute.value else jsonb_build_array(attribute.value) end) as element
      where jsonb_typeof(attribute.value) <> 'object' and length(element.value) <= 100)
$$;

create function catalog.numbers_of(attributes jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_object_agg(key, case jsonb_typeof(value)
    when 'number' then jsonb_build_array(value, value) else jsonb_build_array(value -> 'min', value -> 'max') end), '{}')
  from jsonb_each(attributes) where jsonb_typeof(value) in ('number', 'object')
$$;

-- Writes the rows of these products again, or deletes them when they are not on sale. In id order, against deadlocks.
create function catalog.refresh_listings(ids uuid[]) returns void language plpgsql as $$
begin
  perform from catalog.listings where product_id = any(ids) order by product_id for update;
  delete from catalog.listings as listing where product_id = any(ids) and not exists (
    select from catalog.products as product
      join catalog.variants as variant on variant.product_id = product.id and variant.is_active
    where product.id = listing.product_id and product.is_active);
  insert into catalog.listings
  select product.id, product.type_code, product.created_at, product.name ->> 'ru', product.name ->> 'en',
    first.price, coalesce(popularity.sold, 0),
    exists (select from catalog.variants as variant
      where variant.product_id = product.id and variant.is_active and coalesce(catalog.available(variant.id), 1) > 0),
    catalog.tokens_of(product), catalog.numbers_of(product.attributes)
  from catalog.products as product
  join lateral (select price from catalog.variants as variant
    where variant.product_id = product.id and variant.is_active
                order by position, id limit 1) first on true
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

-- After a stock change: corrects in_stock for the products of these variants and of the bundles that contain them, and adds
-- the pieces of sold orders to the popularity of their products. The lock comes first and in id order: no two transactions
-- deadlock, and the statements after it see every change of the transactions before.
create function catalog.refresh_in_stock(variant_ids uuid[], sold_orders uuid[] default '{}') returns void
language plpgsql as $$
declare
  turned uuid[] := array(
    select product_id from catalog.variants where id = any(variant_ids)
    union select bundle.product_id from catalog.bundle_components as component
      join catalog.variants as bundle on bundle.id = component.bundle_id
    where component.component_id = any(variant_ids));
  sold_products uuid[] := '{}';
begin
  if cardinality(sold_orders) > 0 then
    with ordered as (
      select variant.product_id, sum(item.ordered) as pieces
      from catalog.hold_items as item join catalog.variants as variant on variant.id = item.variant_id
      where item.order_id = any(sold_orders) and item.ordered > 0 group by variant.product_id
    ), counted as (
      insert into catalog.popularity (product_id, sold) select product_id, pieces from ordered order by product_id
      on conflict (product_id) do update set sold = popularity.sold + excluded.sold
      returning product_id
    )
    select array_agg(product_id) into sold_products from counted;
  end if;
  perform from catalog.listings where product_id = any(turned || sold_products) order by product_id for no key update;
  update catalog.listings as listing set in_stock = not listing.in_stock
  where listing.product_id = any(turned) and listing.in_stock <> exists (select from catalog.variants as variant
    where variant.product_id = listing.product_id and variant.is_active
      and coalesce(catalog.available(variant.id), 1) > 0);
  if cardinality(sold_products) > 0 then
    update catalog.listings as listing set sold = popularity.sold from catalog.popularity
    where popularity.product_id = listing.product_id and listing.product_id = any(sold_products);
  end if;
end $$;

-- A shop whose migration was reverted and is applied again has products and sales already.
insert into catalog.popularity (product_id, sold)
  select variant.product_id, sum(item.ordered) from catalog.holds as hold
  join catalog.hold_items as item using (order_id) join catalog.variants as variant on variant.id = item.variant_id
  where hold.state = 'sold' and item.ordered > 0 group by variant.product_id;
select catalog.refresh_listings(array(select id from catalog.products order by id));
