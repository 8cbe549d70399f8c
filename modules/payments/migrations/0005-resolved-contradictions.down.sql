alter table payments.refunds drop column resolved_at, drop column resolved_by, drop column resolution;
