create table platform.saga (
  type               text not null,
  key                uuid not null,
  definition_version int not null,
  state              text not null,
  reason             text,           -- set while the saga compensates
  version            int not null default 1,
  commands           jsonb not null, -- [{effect, event_id}]: the commands whose answers this state waits for
  resends            int not null default 0,
  timeout_at         timestamptz,    -- null: the state has no timeout
  correlation_id     uuid not null,  -- of the request that started the instance, with its trace: every step continues them
  traceparent        text,
  status             text not null check (status in ('running', 'completed', 'compensated', 'needs_operator')),
  started_at         timestamptz not null default now(),
  last_progress_at   timestamptz not null default now(),
  primary key (type, key)
) with (fillfactor = 70);
create index saga_timeout on platform.saga (timeout_at) where status = 'running';
create index saga_needs_operator on platform.saga (type) where status = 'needs_operator';

-- Append-only: every trigger and the step that it caused. Operators read it, and the replay tests use it as histories.
create table platform.saga_step (
  id         bigint generated always as identity primary key,
  type       text not null,
  key        uuid not null,
  version    int not null,
  from_state text,
  trigger    text not null,
  event_id   uuid,
  to_state   text, -- null: the trigger did not change the state
  effects    text[] not null,
  at         timestamptz not null default clock_timestamp()
);
create index saga_step_key on platform.saga_step (key, id);
