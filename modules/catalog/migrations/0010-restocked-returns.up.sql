-- The return of a buyer that put the pieces on hand again; null for the goods of a cancelled order.
alter table catalog.movements add column return_id uuid
  constraint movement_of_return check (return_id is null or (kind = 'returned' and order_id is not null and delta > 0));
-- A return puts each variant on hand once; and the pieces of an order that came back are found by its id.
create unique index movement_restock on catalog.movements (order_id, variant_id, return_id) where return_id is not null;
