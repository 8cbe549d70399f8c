-- How often the sum to pay has changed, from 1. A payment is for the revision that was current when it began; one for an earlier
-- revision is cancelled or refunded. An older version runs beside this one and inserts revision 1.
alter table payments.payment_requests add column revision integer not null default 1 check (revision > 0);
alter table payments.payments add column revision integer not null default 1 check (revision > 0);

drop index payments.payments_one_completed;
create unique index payments_one_completed on payments.payments (subject_id, revision)
  where status in ('completed', 'partially_refunded') and not surplus;
