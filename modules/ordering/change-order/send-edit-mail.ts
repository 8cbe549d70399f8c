import { mailOf, type MailQueue } from '#platform/mail'
import type { AnyTx } from '#platform/db'
import { formatMoney } from '#platform/values'
import type { FindBuyers } from '../buyers.ts'
import type { StoredLine } from '../edit.ts'
import type { OrderLinks } from '../order-links.ts'
import type { FoundOrder } from './save-edit.ts'

type Mailbox = Readonly<{ email: string; url: string }>
type EditedOrder = Readonly<{ order: FoundOrder; lines: readonly StoredLine[] }>

/** Mails the buyer about an edit: by the confirmed e-mail of the account, or by the contact of a guest. */
export type EditMail = Readonly<{
  mailboxOf: (order: FoundOrder) => Promise<Mailbox | undefined>
  send: (tx: AnyTx, mailbox: Mailbox | undefined, edited: EditedOrder) => Promise<void>
}>

type Needs = Readonly<{
  findBuyers: FindBuyers
  mail: Pick<MailQueue, 'send'>
  orderLinks: OrderLinks
  /** The address of the shop for people, without a slash at the end. */
  origin: () => string
}>

export const sendEditMail = ({ findBuyers, mail, orderLinks, origin }: Needs): EditMail => ({
  mailboxOf: async ({ id: order_id, user_id, link_version, contact_email }) => {
    if (link_version !== null) {
      const url = `${origin()}/orders/by-link/${orderLinks.tokenOf({ order_id, link_version })}`
      return contact_email === null ? undefined : { email: contact_email, url }
    }
    const account = (await findBuyers([user_id])).get(user_id)
    if (!account?.is_email_verified || account.email === null) return undefined
    return { email: account.email, url: `${origin()}/orders/${order_id}` }
  },
  send: async (tx, mailbox, { order, lines }) => {
    if (!mailbox) return
    const { email: to, url } = mailbox
    await mail.send(tx, mailOf({ to, locale: 'ru', ...letterOf(order, lines), link: { ...link, url } }), {
      key: order.id,
    })
  },
})

const link = { label: 'Открыть заказ · Open the order' }

/** In both languages: an order has none. Without address and phone: a mistyped e-mail reaches another person. */
function letterOf(order: FoundOrder, lines: readonly StoredLine[]) {
  const { number, currency, total_amount: amount } = order
  return {
    subject: `Заказ ${number} изменён · Order ${number} has changed`,
    paragraphs: [
      `Магазин изменил ваш заказ ${number}:`,
      ...lines.map(({ title, quantity }) => `${quantity} × ${title.ru}`),
      `Итого: ${formatMoney({ amount, currency }, 'ru')}`,
      `The shop has changed your order ${number}:`,
      ...lines.map(({ title, quantity }) => `${quantity} × ${title.en}`),
      `Total: ${formatMoney({ amount, currency }, 'en')}`,
    ],
    footer:
      'Если вы уже оплатили прежнюю сумму, она вернётся полностью. · If you have paid the former total already, you get all of it back.',
  }
}
