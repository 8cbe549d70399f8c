-- return: another module requested the refund of goods that a buyer sent back.
alter table payments.refunds drop constraint refunds_requested_by_check,
  add constraint refunds_requested_by_check check (requested_by in ('staff', 'cancellation', 'return', 'surplus'));
