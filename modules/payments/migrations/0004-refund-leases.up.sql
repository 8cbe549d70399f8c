-- One process at a time asks the provider for a refund: the answers to two could cross. The lease of a process that died ends.
alter table payments.refunds add column lease uuid, add column leased_until timestamptz,
  add constraint lease_ends check ((lease is null) = (leased_until is null)),
  add constraint lease_is_of_requested check (lease is null or status = 'requested');
