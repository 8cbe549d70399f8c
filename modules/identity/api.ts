import type { Authenticate } from '#platform/access'
import type { NotFound, Refused } from '#platform/outcome'
import type { Locale } from '#platform/values'
import type { Weakness } from './password.ts'
import type { InvitedRole, Role } from './permissions.ts'

/** The functions that other modules and the HTTP server may call. */
export type IdentityApi = Readonly<{
  /** Finds the caller of an access token or a machine token; undefined when the token is not valid. */
  authenticate: Authenticate
  /** The accounts among `user_ids`, for staff; unknown ids are left out. */
  accountsOf: (user_ids: readonly string[]) => Promise<readonly Account[]>
  /**
   * The ids of accounts, for staff and programs: of a Telegram user, or those whose name or e-mail begins with a text, at most
   * a hundred, newest first.
   */
  findAccounts: (key: AccountKey) => Promise<readonly string[]>
}>

type AccountKey = Readonly<{ telegram_id: string }> | Readonly<{ search: string }>

/** The owner of an account. A user may have no e-mail. */
export type Account = Readonly<{ user_id: string; name: string; email: string | null; is_email_verified: boolean }>

/** Accounts, for the command line. */
export type UsersApi = Readonly<{
  /** Creates an account of any role without a session. */
  create: (input: CreateUserInput) => Promise<CreateUserOutcome>
  /**
   * Gives a user a role. Access tokens that are in use already get its permissions too. A mailbox that was never proven may
   * belong to another person than the account: it gets no role of the staff.
   */
  grantRole: (email: string, role: Role) => Promise<GrantRoleOutcome>
  /** Returns the code of an invitation. Its link is `/invitation#<code>`. */
  invite: (role: InvitedRole) => Promise<string>
  /** Returns the code for the first admin; undefined when the shop has staff. */
  inviteFirstAdmin: () => Promise<string | undefined>
  /** True when some active user may invite others. */
  hasStaff: () => Promise<boolean>
}>

type CreateUserInput = Readonly<{ email: string; password: string; name: string; locale: Locale; role: Role }>
type CreateUserOutcome =
  | Readonly<{ kind: 'created'; user_id: string }>
  | Refused<Weakness | 'password-too-short' | 'password-too-long' | 'email-taken' | 'busy'>

export type GrantRoleOutcome =
  | Readonly<{ kind: 'granted'; user_id: string; role: Role }>
  | NotFound
  | Refused<'email-not-verified'>
