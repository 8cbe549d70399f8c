-- Customers who get one letter when a variant is in stock again, or costs less.
create table catalog.alert_owners (
  user_id    uuid primary key,
  link_token text not null unique check (length(link_token) >= 43), -- the link in letters ends all alerts of the owner
  locale     text not null check (locale in ('ru', 'en'))
);

create table catalog.alerts (
  user_id     uuid not null references catalog.alert_owners on delete cascade,
  variant_id  uuid not null references catalog.variants on delete cascade,
  kind        text not null check (kind in ('back_in_stock', 'price_drop')),
  price       bigint, -- of the day of the subscription: the letter comes when the variant costs less
  merged_from uuid, -- the account that subscribed, when it was merged into the account of user_id
  created_at  timestamptz not null,
  primary key (user_id, variant_id, kind),
  constraint price_of_price_drop check ((kind = 'price_drop') = (price is not null))
);
create index alerts_of_variant on catalog.alerts (variant_id);
create index alerts_moved on catalog.alerts (merged_from) where merged_from is not null;
