drop function ordering.lock_and_count_open_by_network;
drop function ordering.count_open_by_network;
alter table ordering.open_orders drop column network;
