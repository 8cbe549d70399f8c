drop table msg.idempotency;
