-- identity.audit_log repeated what platform.audit has. The acts of before platform.audit existed move there.
insert into platform.audit (id, actor, actor_user_id, actor_name, action, subject_type, subject_id, details)
select id, case actor when 'user' then 'user' else 'program' end, actor_user_id, nullif(actor, 'user'), action,
  case when user_id is null then 'roles' else 'users' end, coalesce(user_id::text, details ->> 'role'), details
from identity.audit_log as entry
where not exists (
  select from platform.audit as act
  where act.action = entry.action and act.details = entry.details
    and act.actor_user_id is not distinct from entry.actor_user_id
    and (entry.user_id is null or act.subject_id = entry.user_id::text)
    and uuid_extract_timestamp(act.id) between entry.created_at - interval '1 minute' and entry.created_at + interval '1 minute');

drop table identity.audit_log;

-- For processes of the version before, until they stop: they write every act to platform.audit too, and read it here.
create view identity.audit_log as
select id, coalesce(actor_name, 'user') as actor, actor_user_id, action,
  case subject_type when 'users' then subject_id::uuid end as user_id, details, uuid_extract_timestamp(id) as created_at
from platform.audit
where action in
  ('role_changed', 'user_blocked', 'user_unblocked', 'permissions_changed', 'accounts_merged', 'merge_reverted');

create function identity.keep_one_audit() returns trigger language plpgsql as $$
begin
  return new;
end
$$;
create trigger audit_kept_once instead of insert on identity.audit_log
  for each row execute function identity.keep_one_audit();
