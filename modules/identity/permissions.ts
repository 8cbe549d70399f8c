/** Every permission of staff. The access of a route names one of them. */
export const permissions = [
  'catalog.write',
  'promotions.write',
  'orders.read',
  'orders.write',
  'payments.read',
  'payments.refund',
  'delivery.read',
  'delivery.write',
  'delivery.deliver',
  'dispatch.read',
  'dispatch.write',
  'users.read',
  'users.write',
  'support.answer',
  'broadcasts.send',
  'communities.moderate',
  'settings.write',
  'audit.read',
  'outbox.read',
  'outbox.write',
] as const

export const roles = ['customer', 'courier', 'support', 'marketer', 'operator', 'admin', 'superadmin'] as const
export type Role = (typeof roles)[number]

/** The roles that may be given by an invitation. */
export type InvitedRole = Exclude<Role, 'customer'>

/** The roles that use the admin area. */
export const staffRoles = ['support', 'marketer', 'operator', 'admin', 'superadmin'] as const satisfies readonly Role[]

export const isRole = (text: string): text is Role => roles.some((role) => role === text)

/** These roles have every permission, later ones included, without rows in `role_permissions`. */
const rolesWithEveryPermission = new Set<Role>(['admin', 'superadmin'])

/** Roles whose permissions are rows. Customers are no staff. */
export const isEditable = (role: Role): boolean => role !== 'customer' && !rolesWithEveryPermission.has(role)

export type Permission = (typeof permissions)[number]
export const isPermission = (text: string): text is Permission => permissions.some((permission) => permission === text)

/** The permissions of a role. `granted` are its rows in `role_permissions`. */
export const permissionsOf = (role: Role, granted: readonly string[]): readonly string[] =>
  rolesWithEveryPermission.has(role) ? permissions : granted
