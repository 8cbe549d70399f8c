drop function catalog.publish_change(), catalog.stock_opened(), catalog.components_changed(), catalog.category_moved(),
  catalog.tag_renamed(), catalog.product_tags_changed(), catalog.products_changed(), catalog.variants_changed(),
  catalog.variant_deactivated(), catalog.variant_chosen(), catalog.product_activated(), catalog.product_deactivated() cascade;
drop function catalog.bundle_products(uuid[]);
drop function catalog.sum_up(uuid[]);
