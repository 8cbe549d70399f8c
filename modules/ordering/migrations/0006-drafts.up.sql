-- Orders that staff type in for a buyer on the phone. A draft holds no stock.
create table ordering.drafts (
  id         uuid primary key,
  content    jsonb not null, -- the fields of the order, as far as they are known
  version    uuid not null, -- of the content: a change and a placement name the one that staff have read
  user_id    uuid, -- who saved it last; null for a program
  order_id   uuid unique references ordering.orders on delete cascade, -- the order that it became
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index drafts_newest on ordering.drafts (created_at desc, id desc) where order_id is null;
create index drafts_by_change on ordering.drafts (updated_at);
