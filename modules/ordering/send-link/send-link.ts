import { mailOf, type Letter, type MailQueue } from '#platform/mail'
import type { AnyTx } from '#platform/db'
import { formatMoney, type Locale } from '#platform/values'
import type { OrderLinks } from '../order-links.ts'
import type { CreatedOrder } from '../order.ts'
import type { MayMail } from './mail-limits.ts'

/** Mails the private link of a new order to the guest who left an e-mail, in the transaction of the order. */
export type SendLink = (tx: AnyTx, order: CreatedOrder, request: OrderRequest) => Promise<void>

/** The language of the guest, and the network address of the client: null when staff typed in the order. */
type OrderRequest = Readonly<{ locale: Locale; client_address: string | null }>

type Needs = Readonly<{
  mayMail: MayMail
  mail: Pick<MailQueue, 'send'>
  orderLinks: OrderLinks
  /** The address of the shop for people, without a slash at the end. */
  origin: () => string
}>

export const sendLink =
  ({ mail, mayMail, orderLinks, origin }: Needs): SendLink =>
  async (tx, order, { locale, client_address }) => {
    const { id: order_id, contact_email, link_version } = order
    if (contact_email === null || link_version === null) return
    if (client_address !== null && !mayMail(contact_email, client_address)) return
    const url = `${origin()}/orders/by-link/${orderLinks.tokenOf({ order_id, link_version })}`
    await mail.send(tx, mailOf({ to: contact_email, locale, ...letterOf(order, locale, url) }), { key: order_id })
  }

/** The e-mail has no address and no phone: a mistyped e-mail reaches another person. */
function letterOf(order: CreatedOrder, locale: Locale, url: string): Omit<Letter, 'to' | 'locale'> {
  const sum = formatMoney({ amount: order.total_amount, currency: order.currency }, locale)
  const lines = order.lines.map(({ title, quantity }) => `${quantity} × ${title[locale]}`)
  if (locale === 'ru')
    return {
      subject: `Заказ ${order.number}`,
      paragraphs: [`Мы получили ваш заказ ${order.number}.`, ...lines, `Итого: ${sum}`],
      link: { label: 'Открыть заказ', url },
      footer: 'По этой ссылке можно увидеть заказ, оплатить его и отменить. Не передавайте её посторонним.',
    }
  return {
    subject: `Order ${order.number}`,
    paragraphs: [`We have received your order ${order.number}.`, ...lines, `Total: ${sum}`],
    link: { label: 'Open the order', url },
    footer: 'With this link you can view the order, pay for it and cancel it. Share it only with people you trust.',
  }
}
