drop table msg.saga_step, msg.saga;
