-- The pieces of a line in returns that are not refused, without those that staff missed in the parcel; and what was paid for
-- the pieces that staff received. The constraints are the last protection: no line comes back twice.
alter table ordering.lines
  add column returned_quantity integer not null default 0,
  add column returned_amount bigint not null default 0,
  add constraint returned_is_sold check (returned_quantity between 0 and quantity),
  add constraint returned_is_paid check (returned_amount between 0 and price * quantity - discount_amount);

-- Goods that a buyer sends back after the order was fulfilled.
create table ordering.returns (
  id                uuid primary key,
  order_id          uuid not null references ordering.orders on delete cascade,
  status            text not null default 'requested'
                    check (status in ('requested', 'approved', 'refused', 'received', 'refunding', 'refunded')),
  reason            text, -- in the words of the buyer; they go with the account
  answer            text, -- of staff to the buyer: where to send the goods, or why the shop does not take them back
  note              text, -- of staff, for staff, about the goods that they received
  locale            text not null check (locale in ('ru', 'en')), -- of the e-mails to the buyer
  created_at        timestamptz not null,
  approved_at       timestamptz,
  refused_at        timestamptz,
  received_at       timestamptz,
  refunded_at       timestamptz,
  refundable_amount bigint check (refundable_amount >= 0), -- the sum paid for the pieces that staff received
  refund_id         uuid unique, -- of the last refund: payments answers with it
  refund_amount     bigint,
  refund_refused_at timestamptz, -- when the bank refused the last refund
  updated_at        timestamptz not null,
  constraint refund_is_paid check (refund_amount between 0 and refundable_amount),
  constraint refund_has_its_amount check ((refund_id is null) = (refund_amount is null)),
  constraint status_has_its_facts check (
    case status
      when 'requested' then approved_at is null and refused_at is null
      when 'approved' then approved_at is not null and refused_at is null
      when 'refused' then refused_at is not null and answer is not null
      else approved_at is not null and refused_at is null
    end
    and (status in ('received', 'refunding', 'refunded')) = (received_at is not null)
    and (received_at is null) = (refundable_amount is null)
    and (status not in ('refunding', 'refunded') or refund_id is not null)
    and (status = 'refunded') = (refunded_at is not null)
  )
);
create index returns_of_order on ordering.returns (order_id, created_at desc, id desc);
create index returns_newest on ordering.returns (created_at desc, id desc);
create index returns_open on ordering.returns (status, created_at desc, id desc) where status not in ('refused', 'refunded');

-- The counts are null until staff receive the goods; then every piece is sellable, damaged or missing.
create table ordering.return_lines (
  return_id uuid not null references ordering.returns on delete cascade,
  order_id  uuid not null,
  position  smallint not null,
  quantity  integer not null check (quantity > 0),
  sellable  integer,
  damaged   integer,
  missing   integer,
  amount    bigint check (amount >= 0), -- the sum paid for the pieces that staff received
  primary key (return_id, position),
  foreign key (order_id, position) references ordering.lines on delete cascade,
  constraint all_pieces_are_counted check (
    num_nonnulls(sellable, damaged, missing, amount) = 0
    or (num_nonnulls(sellable, damaged, missing, amount) = 4
      and least(sellable, damaged, missing) >= 0 and sellable + damaged + missing = quantity))
);
create index return_lines_of_line on ordering.return_lines (order_id, position);
