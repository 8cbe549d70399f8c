create schema if not exists identity;

create table identity.users (
  id            uuid primary key,
  name          text not null check (length(name) <= 100),
  locale        text not null check (locale in ('ru', 'en')),
  timezone      text not null,
  role          text not null check (role in ('customer', 'courier', 'support', 'marketer', 'operator', 'admin', 'superadmin')),
  status        text not null default 'active' check (status in ('active', 'blocked', 'merged', 'deleted')),
  is_superadmin boolean not null default false,
  merged_into   uuid references identity.users,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  check ((status = 'merged') = (merged_into is not null)),
  check (merged_into <> id),
  constraint merged_user_is_customer check (status <> 'merged' or (role = 'customer' and not is_superadmin))
);
create index users_merged_into on identity.users (merged_into) where merged_into is not null;
-- Finds the staff, and whether there is any. Customers, who are nearly all rows, are not in this index.
create index users_staff on identity.users (role) where role <> 'customer' or is_superadmin;

-- Staff search by the beginning of a name, in upper and lower case of every alphabet.
create index users_name on identity.users ((lower(name collate "und-x-icu")) collate "C");

-- A user may have several identities; an identity has one user.
create table identity.identities (
  user_id     uuid not null references identity.users,
  provider    text not null check (provider in ('email', 'telegram')),
  subject     text not null,
  verified_at timestamptz,
  created_at  timestamptz not null,
  constraint identities_provider_subject primary key (provider, subject),
  check (provider <> 'email' or subject = lower(subject))
);
create index identities_user on identity.identities (user_id);

create table identity.credentials (
  user_id       uuid primary key references identity.users,
  password_hash text not null,
  changed_at    timestamptz not null
);

-- The refresh tokens of a session form a chain: each is the successor of the one before.
create table identity.sessions (
  id         uuid primary key,
  user_id    uuid not null references identity.users,
  device     text not null,
  ip         text not null,
  created_at timestamptz not null,
  used_at    timestamptz not null,
  expires_at timestamptz not null,
  ended_at   timestamptz,
  end_reason text check (end_reason in ('logged_out', 'ended_by_owner', 'refresh_token_reused', 'password_changed', 'email_verified', 'blocked', 'merged', 'merge_reverted', 'deleted')),
  check ((ended_at is null) = (end_reason is null))
);
create index sessions_of_user on identity.sessions (user_id, created_at, id);
create index sessions_expiring on identity.sessions (expires_at);

-- SHA-256 is enough for 256 random bits. The successor of a used token is derived from its salt and from the token itself,
-- which only the client has. So no row contains anything that opens a session.
create table identity.refresh_tokens (
  session_id     uuid not null references identity.sessions on delete cascade,
  generation     integer not null check (generation >= 1),
  hash           bytea not null unique,
  used_at        timestamptz,
  successor_salt bytea,
  primary key (session_id, generation),
  check ((used_at is null) = (successor_salt is null))
);

-- Data of Telegram that opened a session or linked a Telegram account (link). A page that is loaded again sends the data of a
-- Mini App again; the Login Widget's and a code of "Log in with Telegram" (oidc)
-- work once, and no data links twice.
create table identity.telegram_proofs (
  hash       bytea primary key,
  kind       text not null check (kind in ('mini_app', 'widget', 'oidc', 'link')),
  uses       smallint not null check (uses >= 1),
  expires_at timestamptz not null,
  check (kind = 'mini_app' or uses = 1)
);
create index telegram_proofs_expiring on identity.telegram_proofs (expires_at);

-- A login by a link to the bot. The browser has a secret in its cookie and shows a number; the bot shows three numbers to the
-- person who opened the link. Only a person who sees the browser knows the right one. The row ends with the login.
create table identity.deeplink_logins (
  token_hash    bytea primary key,
  secret_hash   bytea not null unique,
  session_id    uuid references identity.sessions on delete cascade, -- links the Telegram account to its user; null: signs in
  number        smallint not null check (number between 10 and 99),
  choices       smallint[] not null check (cardinality(choices) = 3 and number = any(choices)),
  device        text not null,
  ip            text not null,
  status        text not null default 'waiting' check (status in ('waiting', 'approved', 'refused')),
  telegram_user jsonb check ((telegram_user is not null) = (status = 'approved')), -- {telegram_id, name, language}
  expires_at    timestamptz not null
);
create index deeplink_logins_of_session on identity.deeplink_logins (session_id) where session_id is not null;
create index deeplink_logins_expiring on identity.deeplink_logins (expires_at);

-- A code in a mail signs no user in, but sets a password or shows who owns a mailbox. SHA-256 is enough for 256 random bits.
create table identity.mail_codes (
  hash       bytea primary key,
  purpose    text not null check (purpose in ('verify_email', 'reset_password')),
  user_id    uuid not null references identity.users,
  email      text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index mail_codes_of_user on identity.mail_codes (user_id);
create index mail_codes_expiring on identity.mail_codes (expires_at);

-- The six digits that a mail brings to a mailbox which a user adds. They work only in the session that asked for them. The
-- code is stored under a secret that is not in the database: a plain hash of six digits could be reversed.
create table identity.email_links (
  session_id uuid primary key references identity.sessions on delete cascade,
  email      text not null check (email = lower(email)),
  code_hmac  bytea not null,
  attempts   smallint not null default 0 check (attempts between 0 and 5),
  expires_at timestamptz not null
);
create index email_links_expiring on identity.email_links (expires_at);

-- A user who proved an identity of another user may merge the two accounts, in the same session and once.
create table identity.merge_tokens (
  hash          bytea primary key,
  session_id    uuid not null references identity.sessions on delete cascade,
  provider      text not null,
  subject       text not null,
  other_user_id uuid not null references identity.users,
  was_verified  boolean not null, -- before this proof: false for an e-mail that the other user had never proven
  expires_at    timestamptz not null
);
create index merge_tokens_of_session on identity.merge_tokens (session_id);
create index merge_tokens_of_other on identity.merge_tokens (other_user_id);
create index merge_tokens_expiring on identity.merge_tokens (expires_at);

-- Merged accounts, for as long as the merge can be reverted. identities: [{provider, subject, was_verified}], those that moved.
create table identity.merges (
  id               uuid primary key,
  from_id          uuid not null references identity.users,
  into_id          uuid not null references identity.users,
  identities       jsonb not null,
  merged_at        timestamptz not null,
  revertible_until timestamptz not null,
  reverted_at      timestamptz,
  check (from_id <> into_id)
);
create unique index merges_of_merged on identity.merges (from_id) where reverted_at is null;
create index merges_of_survivor on identity.merges (into_id, merged_at);
create index merges_expiring on identity.merges (revertible_until);

create table identity.role_permissions (
  role       text not null check (role in ('customer', 'courier', 'support', 'marketer', 'operator', 'admin', 'superadmin')),
  permission text not null,
  primary key (role, permission)
);
-- Admins have every permission without rows.
insert into identity.role_permissions (role, permission) values
  ('courier', 'delivery.deliver'),
  ('support', 'orders.read'),
  ('support', 'payments.read'),
  ('support', 'delivery.read'),
  ('support', 'users.read'),
  ('support', 'support.answer'),
  ('marketer', 'catalog.write'),
  ('marketer', 'promotions.write'),
  ('marketer', 'broadcasts.send'),
  ('operator', 'catalog.write'),
  ('operator', 'promotions.write'),
  ('operator', 'orders.read'),
  ('operator', 'orders.write'),
  ('operator', 'payments.read'),
  ('operator', 'payments.refund'),
  ('operator', 'delivery.read'),
  ('operator', 'delivery.write'),
  ('operator', 'delivery.deliver'),
  ('operator', 'dispatch.read'),
  ('operator', 'dispatch.write'),
  ('operator', 'users.read'),
  ('operator', 'outbox.read'),
  ('operator', 'outbox.write'),
  ('operator', 'support.answer');

-- Every process caches who may do what: see auth/status-cache.ts. NOTIFY takes a lock of the whole server at its commit, so
-- only these rare changes notify, and neither a sign-in nor a refresh does.
create function identity.rights_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('posad_cache', 'identity:sessions');
  return null;
end
$$;
create trigger session_ended after update of ended_at on identity.sessions
  for each statement execute function identity.rights_changed();
create trigger rights_of_user_changed after update of role, status, is_superadmin on identity.users
  for each statement execute function identity.rights_changed();
create trigger rights_of_role_changed after insert or update or delete on identity.role_permissions
  for each statement execute function identity.rights_changed();
create trigger mailbox_proven after update of verified_at on identity.identities
  for each statement execute function identity.rights_changed();

-- The changes that staff made to accounts and permissions, and the merges of accounts. Rows are never changed.
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

create table identity.invitations (
  id          uuid primary key,
  hash        bytea not null unique,
  role        text not null check (role in ('courier', 'support', 'marketer', 'operator', 'admin', 'superadmin')),
  -- Created by the first start of an empty installation. It works only while the shop has no staff.
  first_admin boolean not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid references identity.users,
  check ((accepted_at is null) = (accepted_by is null))
);
