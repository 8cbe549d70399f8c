import { Type } from 'typebox'
import { Closed, Id, named, Nullable, OneOf, Text, Time, type Shape, Email } from '#platform/schema'
import { permissions } from '../permissions.ts'
import { auditActions, Locale, roles, userStatuses, IdentityView, Name, NewPassword, RoleName } from '../schema.ts'

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

export const RolesView = named('Roles', Type.Object({ roles: Type.Array(RoleView, { maxItems: roles.length }) }))

export const ChangeRoleBody = named(
  'ChangeRole',
  Closed({ permissions: Type.Array(OneOf(permissions), { maxItems: permissions.length, uniqueItems: true }) }),
)

export const AcceptInvitationBody = named(
  'AcceptInvitation',
  Closed({ code: Type.String({ minLength: 1, maxLength: 200 }), email: Email, password: NewPassword, name: Name }),
)
