drop table ordering.edits;
alter table ordering.orders drop column payment_revision, drop column revision;
