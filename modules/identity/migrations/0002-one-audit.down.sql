alter view identity.audit_log rename to acts;

create table identity.audit_log (
  id            uuid primary key,
  actor         text not null, -- user, or the name of a machine
  actor_user_id uuid,
  action        text not null check (action in ('role_changed', 'user_blocked', 'user_unblocked', 'permissions_changed', 'accounts_merged', 'merge_reverted')),
  user_id       uuid references identity.users,
  details       jsonb not null,
  created_at    timestamptz not null,
  check ((actor = 'user') = (actor_user_id is not null))
);
create index audit_log_of_user on identity.audit_log (user_id, id desc);

insert into identity.audit_log (id, actor, actor_user_id, action, user_id, details, created_at)
select id, actor, actor_user_id, action, user_id, details, created_at from identity.acts
where user_id is null or exists (select from identity.users where id = user_id);

drop view identity.acts;
drop function identity.keep_one_audit();
