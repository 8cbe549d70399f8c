-- How a person settled a refund that the provider refused and then made.
alter table payments.refunds add column resolved_at timestamptz, add column resolved_by uuid, add column resolution text,
  add constraint resolution_has_its_facts check (
    (resolved_at is null) = (resolution is null) and (resolved_by is null or resolved_at is not null)
    and (resolved_at is null or contradicted_at is not null));
