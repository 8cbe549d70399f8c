drop function catalog.stock_opened(), catalog.components_changed(), catalog.category_moved(), catalog.tag_renamed(),
  catalog.product_tags_changed(), catalog.products_changed(), catalog.variants_changed(), catalog.variant_deactivated(),
  catalog.product_deactivated() cascade;
drop function catalog.reprice(uuid[]);
