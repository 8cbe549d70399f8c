import type { Texts } from './ru.ts'

/** Why the shop refuses a request, in English, by the code of the problem. */
const codes: Readonly<Record<string, string>> = {
  offline: 'No connection. Check the internet and try again.',
  unauthorized: 'Your session has ended. Sign in again.',
  forbidden: 'You are not allowed to do this.',
  'not-found': 'This is no longer there. Reload the page.',
  'too-many-requests': 'Too many requests. Wait a minute and try again.',
  'internal-error': 'The shop has an error. Try again in a minute.',
  unavailable: 'The shop does not answer right now. Try again in a minute.',
  busy: 'Too many people are signing in right now. Try again in a minute.',
  'validation-failed': 'Correct the marked fields.',

  'wrong-credentials': 'The e-mail or the password is wrong.',
  'account-blocked': 'The account is blocked. Write to the shop.',
  'email-taken': 'This e-mail cannot be registered. If the account is yours, sign in.',
  'password-too-common': 'This password is too common. Choose another one.',
  'invalid-code': 'The code does not work: it is used, expired or mistyped.',
  'wrong-password': 'The password is wrong.',
  'sign-in-again': 'Sign out and in again, then repeat this within ten minutes.',
  'no-email': 'The account has no e-mail. Add one first.',
  'already-verified': 'This e-mail is already confirmed.',
  'email-not-verified': 'Confirm your e-mail first: open the link in the e-mail.',
  'staff-account': 'Accounts of staff cannot be merged.',
  'identity-busy': 'Another account took this way to sign in a moment ago. Try again.',
  'telegram-off': 'This shop does not offer sign-in with Telegram.',
  'login-not-started': 'The time is up. Start again.',
  'login-refused': 'Another number was chosen in the bot, or the sign-in was refused. Start again.',
  'invalid-merge-token': 'The time is up. Prove the other account again.',
  'merge-final': 'The merge can no longer be reversed: more than 30 days have passed.',
  'account-closed': 'The account was merged again since. Reverse the latest merge first.',
  'identity-gone': 'Another account now has the way to sign in. Write to the shop.',

  'not-received': 'Only buyers who have received the product may review it.',
  'not-for-sale': 'This product is no longer sold. Remove it from the cart.',
  'too-many-pieces': 'The cart does not take so many.',
  'cart-full': 'The cart is full. Place the order or remove some items.',
  'coupon-unknown': 'There is no such coupon. Check the code.',
  'too-many-coupons': 'Too many attempts. Enter the coupon later.',
  'cart-empty': 'The cart is empty. Add something to it first.',
  'contact-missing': 'Give a phone number or an e-mail, or sign in.',
  'address-missing': 'Fill in the address for the courier.',
  'address-not-served': 'We do not deliver to this address yet.',
  'pickup-point-missing': 'Choose a pickup point.',
  'pickup-point-unavailable': 'This pickup point is closed right now. Choose another one.',
  'no-pickup-point': 'There are no pickup points yet. Choose delivery by courier.',
  'method-unavailable': 'This is not available right now. Choose another way.',
  'below-delivery-minimum': 'The order is too small for a delivery to this address.',
  'out-of-stock': 'Some items are sold out. Check the cart.',
  'price-changed': 'The price has changed. Check the cart and order again.',
  'coupon-not-applicable': 'The coupon gives no discount on this order. Remove it to order.',
  'mixed-currencies': 'The cart has items in different currencies. Order them separately.',
  'order-closed': 'This order has ended. Place a new one.',
  'too-many-open-orders':
    'You have too many unpaid orders. Pay for or cancel one of them, or choose another way to pay.',
  'too-late-to-cancel': 'The order can no longer be cancelled: it is with the delivery.',
}

/** The form that each field of a request must have. */
const fields: Readonly<Record<string, string>> = {
  email: 'Check the address, for example anna@example.org',
  'contact/email': 'Check the address, for example anna@example.org',
  password: 'It needs 8 to 128 characters',
  new_password: 'It needs 8 to 128 characters',
  current_password: 'Enter your current password',
  name: 'At most 100 characters, on one line',
  code: 'The code from the e-mail: six digits',
  recipient_phone: 'Check the number, for example +7 912 345-67-89',
  'contact/phone': 'Check the number, for example +7 912 345-67-89',
}

export const refusals: Texts['refusals'] = {
  codes,
  fields,
  field: 'Check this field',
  required: 'Fill in this field',
  tooManyUnpaid: (maximum) =>
    `Unpaid orders take at most ${maximum} of one item. Order fewer and pay, then order the rest.`,
  tooManyAttempts: (wait) => `Too many attempts. Try again in ${wait}.`,
  seconds: (count) => `${count} s`,
  minutes: (count) => `${count} min`,
  otherwise: 'It did not work. Reload the page and try again.',
}
