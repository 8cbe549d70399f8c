drop function catalog.available(uuid);
drop table catalog.return_items, catalog.returns, catalog.hold_items, catalog.holds, catalog.movements, catalog.stock;
drop function catalog.stock_moved();
