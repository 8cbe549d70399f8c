drop table platform.idempotency;
