drop function catalog.available(uuid);
drop table catalog.hold_items, catalog.holds, catalog.movements, catalog.stock;
