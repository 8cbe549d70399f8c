-- Responses to requests with an Idempotency-Key. Each row is written twice within milliseconds and deleted after a day.

create table platform.idempotency (
  caller       text not null, -- user:<id>, machine:<name>, or guest: with a hash of the guest's headers or the address
  route        text not null, -- method and pattern
  key          text not null check (length(key) between 16 and 255),
  request_hash bytea not null check (octet_length(request_hash) = 32),
  attempt_id   uuid not null, -- the attempt that holds the key: a fencing token against attempts that were taken over
  operation_id uuid not null, -- of what the request creates; a later attempt of the same request keeps it
  state        text not null default 'started' check (state in ('started', 'failed', 'done')),
  status       int check (status between 200 and 399),
  response     text,
  created_at   timestamptz not null default now(),
  primary key (caller, route, key),
  check ((state = 'done') = (status is not null and response is not null))
) with (fillfactor = 50); -- the response fits on the page of its key, so that the second write touches no index
create index idempotency_age on platform.idempotency using brin (created_at);
