update payments.refunds set requested_by = 'staff' where requested_by = 'return';
alter table payments.refunds drop constraint refunds_requested_by_check,
  add constraint refunds_requested_by_check check (requested_by in ('staff', 'cancellation', 'surplus'));
