import { Type } from 'typebox'
import { Closed, Id, named, Nullable, OneOf, Text, Time, type Shape } from '#platform/schema'
import { permissions, roles } from './permissions.ts'
import { auditActions, Locale, providers, UserView, userStatuses } from './schema.ts'

const RoleName = OneOf(roles)
/** The query of the list of users for staff. */
export const UserFilter = {
  search: Type.Optional(
    Text(254, { minLength: 1, description: 'The beginning of the name or the e-mail, the Telegram id, or the id' }),
  ),
  role: Type.Optional(RoleName),
  status: Type.Optional(OneOf(userStatuses)),
}

export const AdminUserSummary = named(
  'AdminUserSummary',
  Type.Object({
    id: Id,
    email: Nullable(Type.String()),
    email_verified: Type.Boolean(),
    name: Type.String(),
    role: RoleName,
    is_superadmin: Type.Boolean(),
    status: OneOf(userStatuses),
    created_at: Time,
  }),
)
export type AdminUserSummary = Shape<typeof AdminUserSummary>

const AuditEntry = named(
  'AuditEntry',
  Type.Object({
    id: Id,
    actor: Type.String({ description: '`user`, or the name of a machine' }),
    actor_user_id: Nullable(Id),
    action: OneOf(auditActions),
    details: Type.Object({}, { additionalProperties: true }),
    created_at: Time,
  }),
)

const IdentityView = named(
  'Identity',
  Type.Object({
    provider: OneOf(providers),
    subject: Type.String({ description: 'The e-mail, or the id of the Telegram user' }),
    verified_at: Nullable(Time),
    created_at: Time,
  }),
)

export const AdminUserView = named(
  'AdminUser',
  Type.Object({
    ...AdminUserSummary.properties,
    locale: Locale,
    timezone: Type.String(),
    merged_into: Nullable(Id),
    identities: Type.Array(IdentityView),
    open_sessions: Type.Integer({ minimum: 0 }),
    audit: Type.Array(AuditEntry, { description: 'The newest changes by staff, at most twenty' }),
  }),
)
export type AdminUserView = Shape<typeof AdminUserView>

export const ChangeUserBody = named(
  'ChangeUser',
  Closed(
    { role: Type.Optional(RoleName), status: Type.Optional(OneOf(['active', 'blocked'] as const)) },
    { minProperties: 1 },
  ),
)

export const RoleView = named(
  'Role',
  Type.Object({ role: RoleName, permissions: Type.Array(OneOf(permissions)), is_editable: Type.Boolean() }),
)
export const RolesView = named('Roles', Type.Object({ roles: Type.Array(RoleView) }))
export const ChangeRoleBody = named(
  'ChangeRole',
  Closed({ permissions: Type.Array(OneOf(permissions), { maxItems: permissions.length, uniqueItems: true }) }),
)

/** A user as outside bots and workers see one. */
export const InternalUserView = named(
  'InternalUser',
  Type.Object({
    id: Id,
    email: Nullable(Type.String()),
    email_verified: Type.Boolean(),
    telegram_id: Nullable(Type.String()),
    name: Type.String(),
    role: RoleName,
    status: OneOf(userStatuses),
    locale: Locale,
    timezone: Type.String(),
    created_at: Time,
  }),
)
export type InternalUserView = Shape<typeof InternalUserView>

export const AccountExport = named(
  'AccountExport',
  Type.Object({
    exported_at: Time,
    user: UserView,
    identities: Type.Array(IdentityView),
    sessions: Type.Array(
      Type.Object({ id: Id, device: Type.String(), ip: Type.String(), created_at: Time, used_at: Time }),
    ),
    records: Type.Object(
      {},
      {
        additionalProperties: true,
        description: 'What the other parts of the shop know about you, by the name of the part',
      },
    ),
  }),
)
