import { mailOf, type Letter, type MailQueue } from '#platform/mail'
import { formatMoney } from '#platform/values'
import type { FindBuyers } from '../../buyers.ts'
import type { OrderLinks } from '../../order-links.ts'
import type { OrderingDb } from '../../store.ts'
import type { Mailbox, ReturnMail, ReturnChange } from '../store/return-mail.ts'

type Needs = Readonly<{
  db: OrderingDb
  findBuyers: FindBuyers
  mail: Pick<MailQueue, 'send'>
  orderLinks: OrderLinks
  /** The address of the shop for people, without a slash at the end. */
  origin: () => string
}>

/** Mails the buyer what becomes of a return: to the confirmed e-mail of the account, or to the contact of a guest. */
export const sendReturnMail = (needs: Needs): ReturnMail => ({
  mailboxOf: async (of) => {
    const [column, id] = 'return_id' in of ? (['id', of.return_id] as const) : (['refund_id', of.refund_id] as const)
    const found = await needs.db
      .selectFrom('ordering.returns as returned')
      .innerJoin('ordering.orders as order', 'order.id', 'returned.order_id')
      .select(['returned.id', 'returned.locale', 'order.id as order_id', 'order.number', 'order.currency'])
      .select(['order.user_id', 'order.contact_email', 'order.link_version'])
      .where(`returned.${column}`, '=', id)
      .executeTakeFirst()
    if (!found) return undefined
    const { id: return_id, locale, order_id, number: order_number, currency, link_version } = found
    const page = { locale, return_id, order_number, currency }
    if (link_version !== null) {
      const url = `${needs.origin()}/orders/by-link/${needs.orderLinks.tokenOf({ order_id, link_version })}`
      return found.contact_email === null ? undefined : { ...page, email: found.contact_email, url }
    }
    const account = (await needs.findBuyers([found.user_id])).get(found.user_id)
    if (!account?.is_email_verified || account.email === null) return undefined
    return { ...page, email: account.email, url: `${needs.origin()}/orders/${order_id}` }
  },
  send: async (tx, mailbox, change) => {
    if (!mailbox) return
    const { email: to, locale, return_id } = mailbox
    await needs.mail.send(tx, mailOf({ to, locale, ...letterOf(mailbox, change) }), { key: return_id })
  },
})

function letterOf(mailbox: Mailbox, change: ReturnChange): Omit<Letter, 'to' | 'locale'> {
  const { locale, order_number: number, url } = mailbox
  const { subject, text } = wordsOf(mailbox, change)
  const answer = 'answer' in change && change.answer !== null ? [change.answer] : []
  const letter = { subject: subject(number), paragraphs: [text(number), ...answer] }
  return locale === 'ru'
    ? { ...letter, link: { label: 'Открыть заказ', url }, footer: 'На странице заказа видно, что стало с возвратом.' }
    : { ...letter, link: { label: 'Open the order', url }, footer: 'The page of the order shows the return.' }
}

type Words = Readonly<{ subject: (number: string) => string; text: (number: string) => string }>

function wordsOf({ locale, currency }: Mailbox, change: ReturnChange): Words {
  const sum = 'amount' in change ? formatMoney({ amount: change.amount, currency }, locale) : ''
  const ru = {
    approved: {
      subject: (number: string) => `Возврат по заказу ${number} одобрен`,
      text: (number: string) => `Мы примем товары из заказа ${number} обратно.`,
    },
    refused: {
      subject: (number: string) => `Возврат по заказу ${number} отклонён`,
      text: (number: string) => `Мы не можем принять обратно товары из заказа ${number}.`,
    },
    refunded: {
      subject: (number: string) => `Деньги за возврат по заказу ${number}`,
      text: (number: string) => `Мы вернули ${sum} за товары из заказа ${number}.`,
    },
    ended: {
      subject: (number: string) => `Возврат по заказу ${number} завершён`,
      text: (number: string) =>
        `Мы завершили возврат товаров из заказа ${number}. Денег к возврату по нему больше нет.`,
    },
  }
  const en = {
    approved: {
      subject: (number: string) => `Return of order ${number} approved`,
      text: (number: string) => `We will take back the goods of order ${number}.`,
    },
    refused: {
      subject: (number: string) => `Return of order ${number} refused`,
      text: (number: string) => `We cannot take back the goods of order ${number}.`,
    },
    refunded: {
      subject: (number: string) => `Refund for order ${number}`,
      text: (number: string) => `We have refunded ${sum} for goods of order ${number}.`,
    },
    ended: {
      subject: (number: string) => `Return of order ${number} finished`,
      text: (number: string) =>
        `We have finished the return of goods of order ${number}. There is nothing more to refund for it.`,
    },
  }
  return (locale === 'ru' ? ru : en)[change.event]
}
