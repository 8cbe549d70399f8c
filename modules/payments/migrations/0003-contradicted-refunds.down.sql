drop table payments.sandbox_refused_refunds;
drop index payments.refunds_contradicted;
alter table payments.refunds drop constraint refusal_has_its_facts, drop column refused_at, drop column contradicted_at;
