import type { Bug } from '../bug.ts'

const identity = (file: string) => `modules/identity/${file}`
const savedBy = identity('addresses/addresses.test.ts')

/** Bugs of saved addresses. */
export const addressBugs: readonly Bug[] = [
  {
    description: 'addresses that are added at once are more than an account may have',
    requirement: 'WEB-1',
    file: identity('addresses/add-address/add-address.ts'),
    text: 'await lockUser(tx, user_id)',
    replacement: "await (await import('../../store/users.ts')).findUser(tx, user_id)",
    caughtBy: savedBy,
  },
  {
    description: 'a user changes the address of another',
    requirement: 'WEB-1',
    file: identity('store/addresses.ts'),
    text: "    .where('user_id', '=', user_id)\n    .orderBy('is_default', 'desc')",
    replacement: "    .orderBy('is_default', 'desc')",
    caughtBy: savedBy,
  },
  {
    description: 'after the default address is deleted, none of the others is the default',
    requirement: 'WEB-1',
    file: identity('store/addresses.ts'),
    text: '  await saveSomeDefault(tx, [user_id])\n',
    replacement: '',
    caughtBy: savedBy,
  },
  {
    description: 'the address of a person who registered the mailbox of another stays in the account of the owner',
    requirement: 'ID-13',
    file: identity('auth/prove-mailbox.ts'),
    text: '    if (!isOwn) await deleteAddresses(tx, [user_id])\n',
    replacement: '',
    caughtBy: identity('accounts/verify-email/verify-email.test.ts'),
  },
]
