drop index payments.payments_one_completed;
create unique index payments_one_completed on payments.payments (subject_id)
  where status in ('completed', 'partially_refunded') and not surplus;
alter table payments.payments drop column revision;
alter table payments.payment_requests drop column revision;
