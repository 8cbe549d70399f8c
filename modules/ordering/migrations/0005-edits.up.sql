-- revision: how often staff have edited the order, from 1. payment_revision: how often its total has changed, from 1; a payment
-- for an earlier one does not pay the order.
alter table ordering.orders
  add column revision integer not null default 1 check (revision > 0),
  add column payment_revision integer not null default 1,
  add constraint payment_of_a_revision check (payment_revision between 1 and revision);

-- The edits of orders by staff. The goods that an edit adds are held under its id. Two edits of one revision exclude each other.
create table ordering.edits (
  id           uuid primary key,
  order_id     uuid not null references ordering.orders on delete cascade,
  revision     integer not null check (revision > 1), -- of the order after the edit
  user_id      uuid, -- who edited it; null for a program
  total_before bigint not null,
  total_after  bigint not null,
  edited_at    timestamptz not null,
  unique (order_id, revision)
);
