drop function ordering.lock_and_count_open(text[], uuid[], timestamptz);
drop function ordering.count_open(text[], uuid[], timestamptz);
drop function ordering.owner_of(uuid);
drop table ordering.notes, ordering.deleted_buyers, ordering.merged_accounts, ordering.open_orders, ordering.timeline, ordering.lines,
  ordering.orders;
drop function ordering.phone_key(text);
drop schema ordering;
