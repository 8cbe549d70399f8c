drop table payments.returns;
