import type { Bug } from '../bug.ts'

const alerts = (file: string) => `modules/catalog/alerts/${file}`
const caughtBy = alerts('alerts.test.ts')

/** E-mails about variants that are in stock again or cost less. */
export const alertBugs: readonly Bug[] = [
  {
    description: 'two runs at once send the same e-mail',
    requirement: 'CAT-16',
    file: alerts('send-alerts/send-alerts.ts'),
    text: 'for (const alert of await deleteAlerts(tx, deliverable)) {',
    replacement: 'await deleteAlerts(tx, deliverable)\n        for (const alert of deliverable) {',
    caughtBy,
  },
  {
    description: 'a customer subscribes to more variants than the limit in requests at once',
    requirement: 'CAT-16',
    file: alerts('add-alert/add-alert.ts'),
    text: '.doUpdateSet({ locale })',
    replacement: '.doNothing()',
    caughtBy,
  },
  {
    description: 'a subscription without a verified mailbox ends without an e-mail',
    requirement: 'CAT-16',
    file: alerts('send-alerts/send-alerts.ts'),
    text: 'due.filter(({ user_id }) => mailboxes.has(user_id))',
    replacement: 'due',
    caughtBy,
  },
  {
    description: 'a mailbox of another person gets e-mails, because it was never verified',
    requirement: 'CAT-16',
    file: alerts('send-alerts/send-alerts.ts'),
    text: 'email !== null && is_email_verified',
    replacement: 'email !== null',
    caughtBy,
  },
]
