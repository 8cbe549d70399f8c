create schema if not exists payments;

-- The payments that other modules request. A cancelled row without user and amount is a tombstone: the cancellation arrived
-- before the request, and the request must start no payment.
create table payments.payment_requests (
  subject_id   uuid primary key,
  subject_type text not null check (subject_type in ('order', 'subscription', 'donation', 'plan')),
  user_id      uuid,
  amount       bigint check (amount >= 0),
  currency     text check (currency ~ '^[A-Z]{3}$'),
  description  text,
  method       text check (method in ('online', 'cash_on_delivery')),
  status       text not null check (status in ('open', 'settled', 'cancelled')),
  reason       text,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  check (num_nulls(user_id, amount, currency, description, method) in (0, 5)),
  check (status = 'cancelled' or user_id is not null)
);

create table payments.payments (
  id               uuid primary key,
  subject_type     text not null check (subject_type in ('order', 'subscription', 'donation', 'plan')),
  subject_id       uuid not null references payments.payment_requests,
  user_id          uuid not null,
  amount           bigint not null check (amount >= 0),
  currency         text not null check (currency ~ '^[A-Z]{3}$'),
  method           text not null check (method in ('online', 'cash_on_delivery')),
  provider         text not null,
  status           text not null
                   check (status in ('pending', 'processing', 'completed', 'failed', 'refunded', 'partially_refunded')),
  reason           text check (reason in ('declined', 'cancelled')),
  transaction_id   text,
  confirmation_url text,
  refunded_amount  bigint not null default 0 check (refunded_amount >= 0),
  refunding_amount bigint not null default 0 check (refunding_amount >= 0), -- requested, and not confirmed by the provider yet
  surplus          boolean not null default false, -- the second success for its subject: refunded in full
  started_at       timestamptz, -- when the provider first answered
  completed_at     timestamptz,
  created_at       timestamptz not null,
  updated_at       timestamptz not null,
  check ((status = 'failed') = (reason is not null)),
  check ((status in ('completed', 'refunded', 'partially_refunded')) = (completed_at is not null)),
  check ((completed_at is null) = (transaction_id is null)),
  check (refunded_amount + refunding_amount <= amount),
  check (completed_at is not null or refunded_amount + refunding_amount = 0),
  check (status <> 'completed' or refunded_amount = 0),
  check (status <> 'partially_refunded' or (refunded_amount > 0 and refunded_amount < amount)),
  check (status <> 'refunded' or refunded_amount = amount)
);
create index payments_subject on payments.payments (subject_id);
create index payments_newest on payments.payments (created_at, id);
create unique index payments_one_completed on payments.payments (subject_id)
  where status in ('completed', 'partially_refunded') and not surplus;
create unique index payments_one_open on payments.payments (subject_id) where status in ('pending', 'processing');
create index payments_open on payments.payments (created_at) where status in ('pending', 'processing');
create index payments_failed on payments.payments (updated_at) where status = 'failed';

create table payments.refunds (
  id           uuid primary key,
  payment_id   uuid not null references payments.payments,
  amount       bigint not null check (amount >= 0),
  currency     text not null,
  requested_by text not null check (requested_by in ('staff', 'cancellation', 'surplus')),
  user_id      uuid, -- the member of staff
  reason       text not null,
  status       text not null check (status in ('requested', 'done', 'refused')),
  requested_at timestamptz not null,
  done_at      timestamptz,
  check ((status = 'done') = (done_at is not null))
);
create index refunds_payment on payments.refunds (payment_id);
create index refunds_requested on payments.refunds (requested_at) where status = 'requested';

-- Double entry: an amount that an account receives is positive, every transfer sums to zero, and no row ever changes.
create table payments.ledger (
  entry_id    bigint generated always as identity primary key,
  transfer_id uuid not null,
  account     text not null,
  amount      bigint not null,
  currency    text not null,
  payment_id  uuid not null references payments.payments,
  at          timestamptz not null,
  unique (transfer_id, account)
);
create index ledger_payment on payments.ledger (payment_id);

create function payments.refuse_ledger_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'restrict_violation';
end $$;
create trigger ledger_append_only before update or delete on payments.ledger
  for each row execute function payments.refuse_ledger_change();
create trigger ledger_never_emptied before truncate on payments.ledger
  for each statement execute function payments.refuse_ledger_change();

create function payments.assert_transfer_balances() returns trigger language plpgsql as $$
begin
  if exists (
    select from payments.ledger where transfer_id = new.transfer_id group by currency having sum(amount) <> 0
  ) then
    raise exception 'transfer % does not sum to zero', new.transfer_id using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger ledger_balances after insert on payments.ledger
  deferrable initially deferred for each row execute function payments.assert_transfer_balances();

-- Webhooks that were handled. A repeat is answered without another read at the provider.
create table payments.webhooks (
  provider    text not null,
  webhook_id  text not null,
  payment_id  uuid not null references payments.payments,
  received_at timestamptz not null,
  primary key (provider, webhook_id)
);
create index webhooks_received on payments.webhooks (received_at);

-- The books of the sandbox bank. They take the place of a bank outside, so they reference none of the tables above.
create table payments.sandbox_charges (
  payment_id      uuid primary key,
  amount          bigint not null check (amount >= 0),
  currency        text not null,
  status          text not null check (status in ('pending', 'processing', 'succeeded', 'declined', 'cancelled')),
  refunded_amount bigint not null default 0 check (refunded_amount >= 0 and refunded_amount <= amount),
  changed_at      timestamptz not null default now(),
  check (status = 'succeeded' or refunded_amount = 0)
);
create table payments.sandbox_refunds (
  refund_id  uuid primary key,
  payment_id uuid not null references payments.sandbox_charges,
  amount     bigint not null check (amount >= 0)
);
