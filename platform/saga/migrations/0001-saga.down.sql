drop table platform.saga_step, platform.saga;
