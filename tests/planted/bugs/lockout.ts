import type { Bug } from '../bug.ts'

const auth = (file: string) => `modules/identity/auth/${file}`
const caughtBy = auth('lockout.test.ts')

/** Other people use up the limits of a mailbox or a phone. */
export const lockoutBugs: readonly Bug[] = [
  {
    description: 'a caller with many pieces of work makes all others wait for all of them',
    requirement: 'SEC-1',
    file: 'platform/semaphore/turns.ts',
    text: '    this.#waiting.delete(caller)\n    if (own.length > 0)',
    replacement: '    if (own.length === 0) this.#waiting.delete(caller)\n    else',
    caughtBy: 'platform/semaphore/turns.test.ts',
  },
  {
    description: 'requests of others for codes keep the owner of a mailbox from a new password',
    requirement: 'ID-13',
    file: auth('login-limits.ts'),
    text: "return email === mailbox ? { kind: 'granted', isSpent: true } : ofMailbox",
    replacement: 'return ofMailbox',
    caughtBy,
  },
  {
    description: 'a made-up tag of a mailbox gets e-mails beyond the rate of the mailbox',
    requirement: 'ID-13',
    file: auth('login-limits.ts'),
    text: 'return email === mailbox ?',
    replacement: 'return email !== undefined ?',
    caughtBy,
  },
  {
    description: 'each request for a code sends an e-mail to a mailbox whose e-mails are used up',
    requirement: 'ID-13',
    file: auth('mail-codes.ts'),
    text: '      if (await hasMailCode(tx, { user_id: user.id, email: user.email, purpose, valid_at })) return\n',
    replacement: '',
    caughtBy,
  },
  {
    description: 'an account that is deleted and registered again sends its mailbox a flood',
    requirement: 'ID-13',
    file: auth('mail-codes.ts'),
    text: 'if (!isRefusal(limits.takeSpareMail(user.email, purpose))) await',
    replacement: 'await',
    caughtBy,
  },
  {
    description: 'a registration sends an e-mail to a mailbox whose e-mails are used up',
    requirement: 'ID-13',
    file: 'modules/identity/accounts/register-user/register-user.ts',
    text: '!isRefusal(mailing) && !mailing.isSpent',
    replacement: '!isRefusal(mailing)',
    caughtBy,
  },
  {
    description: 'guesses of others keep the owner of an account out who has just set a new password by mail',
    requirement: 'ID-2',
    file: 'modules/identity/accounts/reset-password/reset-password.ts',
    text: 'devices.tokenFor(used.email, undefined)',
    replacement: "devices.tokenFor('', undefined)",
    caughtBy,
  },
  {
    description: 'a buyer who writes 00 7 before her phone is another buyer',
    requirement: 'ORD-12',
    file: 'platform/values/contacts.ts',
    text: ".replace(dialledAbroad, '')",
    replacement: '',
    caughtBy: 'modules/ordering/open-orders.test.ts',
  },
  {
    description: 'orders that others placed with a mailbox keep the account that verifies it from ordering',
    requirement: 'ORD-12',
    file: 'modules/ordering/claim-orders/claim-orders.ts',
    text: ".deleteFrom('ordering.open_orders')",
    replacement: ".updateTable('ordering.open_orders').set({ buyer_key: accountKeyOf(owner_id) })",
    caughtBy: 'modules/ordering/claim-orders/claim-orders.test.ts',
  },
]
