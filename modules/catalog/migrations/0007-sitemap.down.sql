alter table catalog.types drop constraint type_plural_reserved;
alter table catalog.types add constraint type_plural_reserved
  check (plural not in ('products', 'categories', 'tags', 'attributes', 'types', 'reviews', 'facets', 'suggestions', 'variants',
    'subscriptions'));
drop table catalog.sitemap_files;
