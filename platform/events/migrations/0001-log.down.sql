drop function platform.make_partitions(int), platform.make_partition(text, text, date, text, text), platform.first_id(date);
drop table platform.operation, platform.parked, platform.inbox, platform.ingested, platform.consumer, platform.event;
