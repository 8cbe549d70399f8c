alter table payments.refunds drop column lease, drop column leased_until;
