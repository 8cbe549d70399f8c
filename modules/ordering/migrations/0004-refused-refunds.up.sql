-- Why the last refund of a return was refused: the bank refused it, or payments because the payment has less left. The ids of all
-- refused refunds: a repeat of such a request refunds nothing.
alter table ordering.returns
  add column refund_refused_reason text check (refund_refused_reason in ('provider-refused', 'exceeds-captured')),
  add column refused_refund_ids uuid[] not null default '{}',
  add constraint refused_refund_has_its_reason check (refund_refused_reason is null or refund_refused_at is not null);
