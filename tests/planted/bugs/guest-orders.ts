import type { Bug } from '../bug.ts'

const ordering = (file: string) => `modules/ordering/${file}`

export const guestOrderBugs: readonly Bug[] = [
  {
    description: 'a later account takes the claimed orders of a mailbox',
    requirement: 'ORD-11',
    file: ordering('claim-orders/claim-orders.ts'),
    text: "      .where('claimed_at', 'is', null)\n",
    replacement: '',
    caughtBy: ordering('claim-orders/claim-orders.test.ts'),
  },
  {
    description: 'a revoked link still opens the order',
    requirement: 'ORD-11',
    file: ordering('order-access.ts'),
    text: 'order.link_version === access.link_version',
    replacement: 'order.link_version !== null',
    caughtBy: ordering('place-order/guest-orders.test.ts'),
  },
  {
    description: 'a guest opens an order with a token that she made herself',
    requirement: 'ORD-11',
    file: ordering('sign-order-links/sign-order-links.ts'),
    text: 'return timingSafeEqual(bytes.subarray(facts.length), macOf(facts)) ? orderOf(facts) : undefined',
    replacement: 'return timingSafeEqual(macOf(facts), macOf(facts)) ? orderOf(facts) : undefined',
    caughtBy: ordering('place-order/guest-orders.test.ts'),
  },
  {
    description: 'a guest orders without a contact',
    requirement: 'ORD-11',
    file: ordering('place-order/place-order.ts'),
    text: "'contact' in buyer && buyer.contact === undefined ?",
    replacement: 'Date.now() === 0 ?',
    caughtBy: ordering('place-order/guest-orders.test.ts'),
  },
  {
    description: 'the open orders of a guest do not count by her contact',
    requirement: 'ORD-12',
    file: ordering('place-order/place-order.ts'),
    text: 'email: owner.contact_email ?? attempt.email,',
    replacement: 'email: attempt.email,',
    caughtBy: ordering('place-order/guest-orders.test.ts'),
  },
  {
    description: 'a guest who places orders in a loop fills the mailbox of another person',
    requirement: 'ORD-11',
    file: ordering('send-link/send-link.ts'),
    text: '    if (client_address !== null && !mayMail(contact_email, client_address)) return\n',
    replacement: '',
    caughtBy: ordering('place-order/guest-orders.test.ts'),
  },
  {
    description: 'a repeat of an order shows the link that replaced the first one',
    requirement: 'ORD-11',
    file: ordering('store.ts'),
    text: ' && order.link_version === link_version',
    replacement: '',
    caughtBy: ordering('place-order/guest-orders.test.ts'),
  },
]
