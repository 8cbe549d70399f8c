-- Reviews at other platforms, which staff enter or import, and the shop's own (platform shop), which verified buyers write.
create table catalog.reviews (
  id          uuid primary key,
  product_id  uuid references catalog.products on delete cascade, -- null: about the shop
  platform    text not null check (platform ~ '^[a-z][a-z0-9_-]*$'),
  external_id text, -- at the platform; a second import finds the review by it
  author      text,
  rating      smallint not null check (rating between 1 and 5),
  text        text not null,
  url         text,
  reviewed_at timestamptz not null,
  user_id     uuid, -- of the buyer
  order_id    uuid, -- with which the buyer received the product
  status      text not null check (status in ('pending', 'published', 'rejected')),
  reason      text, -- why it was rejected
  version     int not null default 1, -- staff publish the version that they have read
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  constraint review_at_platform unique (platform, external_id),
  constraint own_review_has_buyer check ((platform = 'shop') = (user_id is not null)),
  constraint own_review_has_order check (user_id is null or (product_id is not null and order_id is not null)),
  constraint reason_of_rejection check (reason is null or status = 'rejected')
);
create unique index one_review_for_each_buyer on catalog.reviews (user_id, product_id) where user_id is not null;
create index published_reviews on catalog.reviews (reviewed_at desc, id desc) where status = 'published';
create index published_reviews_of_product on catalog.reviews (product_id, reviewed_at desc, id desc) where status = 'published';
create index reviews_of_order on catalog.reviews (order_id) where order_id is not null;
create index newest_reviews on catalog.reviews (created_at desc, id desc);

-- The reviews that a merge of accounts set aside, because the survivor has an own review of the product. The reversal of the
-- merge brings them back.
create table catalog.displaced_reviews (
  order_id  uuid not null,
  user_id   uuid not null, -- the author
  owner_id  uuid not null, -- has the order now
  review_id uuid not null,
  review    jsonb not null, -- the row of catalog.reviews
  primary key (order_id, review_id)
);
create index displaced_reviews_of_author on catalog.displaced_reviews (user_id);
create index displaced_reviews_of_owner on catalog.displaced_reviews (owner_id);

-- The published reviews of a product and of the whole shop (the nil UUID), by platform. A trigger counts them, so that no reader
-- has to.
create table catalog.review_totals (
  scope      uuid not null,
  platform   text not null,
  count      int not null check (count >= 0),
  rating_sum int not null,
  primary key (scope, platform),
  constraint sum_of_ratings check (rating_sum between count and 5 * count)
);

create function catalog.reviews_changed() returns trigger language plpgsql as $$
declare
  shop constant uuid := '00000000-0000-0000-0000-000000000000';
  has_changed boolean := false;
begin
  if tg_op in ('INSERT', 'UPDATE') then
    insert into catalog.review_totals as total (scope, platform, count, rating_sum)
    select scope, platform, count(*), sum(rating)
    from new_rows cross join lateral (values (product_id), (shop)) as counted(scope)
    where status = 'published' and scope is not null
    group by scope, platform order by scope, platform
    on conflict (scope, platform) do update
      set count = total.count + excluded.count, rating_sum = total.rating_sum + excluded.rating_sum;
    has_changed := found;
  end if;
  if tg_op in ('UPDATE', 'DELETE') then
    update catalog.review_totals as total set count = total.count - gone.count, rating_sum = total.rating_sum - gone.rating_sum
    from (select scope, platform, count(*) as count, sum(rating) as rating_sum
          from old_rows cross join lateral (values (product_id), (shop)) as counted(scope)
          where status = 'published' and scope is not null group by scope, platform) gone
    where total.scope = gone.scope and total.platform = gone.platform;
    has_changed := has_changed or found;
  end if;
  -- The pages of products show the totals.
  if has_changed then perform pg_notify('posad_cache', 'catalog'); end if;
  return null;
end $$;

create trigger reviews_inserted after insert on catalog.reviews referencing new table as new_rows
  for each statement execute function catalog.reviews_changed();
create trigger reviews_updated after update on catalog.reviews referencing old table as old_rows new table as new_rows
  for each statement execute function catalog.reviews_changed();
create trigger reviews_deleted after delete on catalog.reviews referencing old table as old_rows
  for each statement execute function catalog.reviews_changed();
