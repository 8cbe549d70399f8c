import type { Role } from './permissions.ts'

/** The member of staff, or the program, that changes an account. */
export type Actor = Readonly<
  | { kind: 'user'; user_id: string; role: Role; is_superadmin: boolean }
  // A program with the token of the host.
  | { kind: 'machine'; name: string }
>
