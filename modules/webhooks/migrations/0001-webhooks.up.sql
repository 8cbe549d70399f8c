create schema if not exists webhooks;

-- An address of another program that receives events.
create table webhooks.endpoints (
  id                 uuid primary key,
  url                text not null check (url ~ '^https?://'),
  description        text not null,
  event_types        text[] not null check (cardinality(event_types) > 0),
  contact_email      text, -- receives a letter when the shop deactivates the endpoint
  contact_locale     text not null check (contact_locale in ('ru', 'en')),
  is_active          boolean not null,
  deactivated_reason text check (deactivated_reason in ('staff', 'failing', 'gone', 'backlog')),
  failing_since      timestamptz, -- the first failed attempt since the last success
  created_at         timestamptz not null,
  updated_at         timestamptz not null,
  constraint inactive_with_reason check (is_active = (deactivated_reason is null))
);

-- The secrets that sign the requests to an endpoint, encrypted. After a rotation the previous one stays valid for a while.
create table webhooks.secrets (
  id          uuid primary key,
  endpoint_id uuid not null references webhooks.endpoints on delete cascade,
  sealed      text not null,
  created_at  timestamptz not null,
  expires_at  timestamptz -- null in the current secret
);
create unique index one_current_secret on webhooks.secrets (endpoint_id) where expires_at is null;
create index secrets_of_endpoint on webhooks.secrets (endpoint_id);

-- The body of the requests about one event: the same bytes for each endpoint and attempt.
create table webhooks.messages (
  id         uuid primary key, -- the id of the event
  body       text not null,
  created_at timestamptz not null
);
create index messages_by_age on webhooks.messages (created_at);

create table webhooks.deliveries (
  id              uuid primary key,
  endpoint_id     uuid not null references webhooks.endpoints on delete cascade,
  message_id      uuid not null references webhooks.messages,
  event_type      text not null,
  status          text not null check (status in ('pending', 'delivered', 'failed')),
  attempts        int not null default 0, -- all attempts, the running one included
  step            smallint not null default 0, -- those since the event, or since staff requested a retry
  next_attempt_at timestamptz,
  claimed_until   timestamptz, -- a process makes an attempt; another one may after this moment
  created_at      timestamptz not null,
  finished_at     timestamptz,
  constraint once_for_each_endpoint unique (message_id, endpoint_id),
  constraint pending_has_next_attempt check ((status = 'pending') = (next_attempt_at is not null)),
  constraint ended_when_finished check ((status = 'pending') = (finished_at is null)),
  constraint claimed_while_pending check (claimed_until is null or status = 'pending')
);
create index due_deliveries on webhooks.deliveries (endpoint_id, next_attempt_at) where status = 'pending';
create index deliveries_of_endpoint on webhooks.deliveries (endpoint_id, id);
create index deliveries_by_age on webhooks.deliveries (created_at);

create table webhooks.attempts (
  delivery_id     uuid not null references webhooks.deliveries on delete cascade,
  number          int not null,
  started_at      timestamptz not null,
  duration        int not null check (duration >= 0), -- milliseconds
  response_status int,
  excerpt         text, -- the beginning of the response
  reason          text, -- why there was no response
  primary key (delivery_id, number),
  constraint response_or_reason check ((response_status is null) = (reason is not null))
);
