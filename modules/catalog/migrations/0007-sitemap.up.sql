-- The sitemap lists the products in files of bounded size, in the order of their creation. A file ends where the next one begins.
create table catalog.sitemap_files (
  number           int primary key check (number > 0),
  first_created_at timestamptz not null,
  first_id         uuid not null,
  constraint sitemap_file_first unique (first_created_at, first_id)
);
insert into catalog.sitemap_files values (1, '-infinity', '00000000-0000-0000-0000-000000000000');

alter table catalog.types drop constraint type_plural_reserved;
alter table catalog.types add constraint type_plural_reserved
  check (plural not in ('products', 'categories', 'tags', 'attributes', 'types', 'reviews', 'facets', 'suggestions', 'variants',
    'subscriptions', 'sitemap'));
