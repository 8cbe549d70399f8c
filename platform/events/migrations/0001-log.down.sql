drop table msg.parked, msg.inbox, msg.consumer, msg.event;
drop schema msg;
