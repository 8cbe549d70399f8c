drop table catalog.brew_profiles, catalog.bundle_components, catalog.variants, catalog.product_tags, catalog.products,
  catalog.type_attributes, catalog.types, catalog.attributes, catalog.tags, catalog.categories, catalog.demo_removal;
drop function catalog.is_text(jsonb);
drop schema catalog;
