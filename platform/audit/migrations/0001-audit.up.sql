-- The writes of staff, programs and operators. Rows are never changed.
create table platform.audit (
  id            uuid primary key, -- UUIDv7: its order is the order of time
  actor         text not null check (actor in ('user', 'program', 'terminal')),
  actor_user_id uuid,
  actor_name    text,             -- of a program, or of the user of a terminal
  action        text not null,    -- the route, such as PATCH /admin/promotions/{id}, the command, or a name of its own
  subject_type  text,
  subject_id    text,
  request_id    text,
  details       jsonb not null,
  check ((actor = 'user') = (actor_user_id is not null)),
  check ((actor = 'user') = (actor_name is null))
);
create index audit_of_user on platform.audit (actor_user_id, id) where actor_user_id is not null;
create index audit_of_name on platform.audit (actor_name, id) where actor_name is not null;
create index audit_of_action on platform.audit (action, id);
create index audit_of_subject on platform.audit (subject_id, id) where subject_id is not null;

create function platform.refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit is append-only' using errcode = 'restrict_violation';
end $$;
create trigger audit_append_only before update or delete on platform.audit
  for each row execute function platform.refuse_audit_change();
create trigger audit_never_emptied before truncate on platform.audit
  for each statement execute function platform.refuse_audit_change();
