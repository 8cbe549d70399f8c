/** Every staff permission there is. A route names one of them in its access. */
export const permissions = [
  'catalog.write',
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

/** Roles that work for the shop: the admin area is theirs. */
export const staffRoles = ['support', 'marketer', 'operator', 'admin', 'superadmin'] as const satisfies readonly Role[]

export const isRole = (text: string): text is Role => roles.some((role) => role === text)

/** Holders of every permission, also of those that later modules bring: no row of the table can take one away. */
const omnipotent = new Set<Role>(['admin', 'superadmin'])

/** What a role may do: everything for admins, what the table `role_permissions` grants for all others. */
export const permissionsOf = (role: Role, granted: readonly string[]): readonly string[] =>
  omnipotent.has(role) ? permissions : granted
