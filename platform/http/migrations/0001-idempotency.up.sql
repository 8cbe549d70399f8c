-- Answers to requests with an Idempotency-Key. Rows are written twice within milliseconds and deleted after a day.

create table platform.idempotency (
  caller       text not null, -- user:<id>, machine:<name>, or what a guest is known by
  route        text not null, -- method and pattern
  key          text not null check (length(key) between 16 and 255),
  request_hash bytea not null check (octet_length(request_hash) = 32),
  run          uuid not null, -- the attempt that holds the key: a fencing token against attempts given up
  state        text not null default 'started' check (state in ('started', 'done')),
  status       int check (status between 200 and 399),
  answer       text,
  created_at   timestamptz not null default now(),
  primary key (caller, route, key),
  check ((state = 'done') = (status is not null and answer is not null))
) with (fillfactor = 50); -- the answer finds room on the page of its key: the second write touches no index
create index idempotency_age on platform.idempotency using brin (created_at);
