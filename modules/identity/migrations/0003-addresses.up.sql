-- The delivery addresses that users save. A user with addresses has one default: the checkout begins with it.
create table identity.addresses (
  id         uuid primary key,
  user_id    uuid not null references identity.users,
  country    text not null,
  postcode   text,
  city       text not null,
  street     text not null,
  house      text not null,
  apartment  text,
  lat        double precision check (lat between -90 and 90),
  lng        double precision check (lng between -180 and 180),
  is_default boolean not null,
  created_at timestamptz not null,
  constraint addresses_place check ((lat is null) = (lng is null))
);
create index addresses_of_user on identity.addresses (user_id, created_at, id);
create unique index addresses_one_default on identity.addresses (user_id) where is_default;

-- The addresses that a merge moved: its reversal gives them back.
alter table identity.merges add column addresses uuid[] not null default '{}';
