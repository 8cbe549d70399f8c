-- refused_at: the refusal counts only while nothing happened after it, because the provider may answer another caller that it
-- refunded. contradicted_at: it said so too late, and a person has to compare the books with the provider.
alter table payments.refunds add column refused_at timestamptz, add column contradicted_at timestamptz,
  add constraint refusal_has_its_facts check (status = 'refused' or num_nonnulls(refused_at, contradicted_at) = 0);
create index refunds_contradicted on payments.refunds (contradicted_at) where contradicted_at is not null;

-- The refunds that the sandbox bank refused: it gives the same answer to a repeat.
create table payments.sandbox_refused_refunds (refund_id uuid primary key);
