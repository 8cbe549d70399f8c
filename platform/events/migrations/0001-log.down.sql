drop function msg.make_partitions(int), msg.make_partition(text, text, date, text, text), msg.first_id(date);
drop table msg.operation, msg.parked, msg.inbox, msg.consumer, msg.event;
drop schema msg;
