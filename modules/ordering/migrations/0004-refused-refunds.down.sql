alter table ordering.returns drop column refund_refused_reason, drop column refused_refund_ids;
