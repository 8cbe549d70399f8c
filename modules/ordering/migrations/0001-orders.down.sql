drop function ordering.lock_and_count_open(text[], uuid[]);
drop function ordering.count_open(text[], uuid[]);
drop table ordering.open_orders, ordering.timeline, ordering.lines, ordering.orders;
drop schema ordering;
