import { publish } from '#platform/events'
import { mailOf, type Letter, type MailQueue } from '#platform/mail'
import { timeText, type Locale } from '#platform/values'
import { failingTime, usualBacklog, type Deactivate } from '../deactivation.ts'
import { endpointDeactivated } from '../events.ts'
import { deactivateEndpoint as saveDeactivation, type Endpoint } from '../store.ts'

type Needs = Readonly<{ mail: Pick<MailQueue, 'send'>; shopName: string }>
type Reason = Parameters<Deactivate>[1]['reason']

/** The contact learns of it by mail, because the endpoint itself receives nothing any more. */
export const deactivateEndpoint =
  ({ mail, shopName }: Needs): Deactivate =>
  async (tx, deactivation) => {
    const { reason } = deactivation
    const endpoint = await saveDeactivation(tx, deactivation)
    if (!endpoint) return
    if (endpoint.contact_email !== null) {
      const letter = letterAbout(endpoint, { reason, shopName, to: endpoint.contact_email })
      await mail.send(tx, mailOf(letter), { key: `webhook ${endpoint.id}` })
    }
    await publish(tx, [endpointDeactivated({ endpoint_id: endpoint.id, reason })])
  }

type Facts = Readonly<{ reason: Reason; shopName: string; to: string }>

function letterAbout({ url, contact_locale }: Endpoint, { reason, shopName, to }: Facts): Letter {
  const { host } = new URL(url)
  const text = texts[contact_locale]
  return {
    to,
    locale: contact_locale,
    subject: text.subject(host.slice(0, 100)),
    paragraphs: [text.stopped(url), text.reasons[reason], text.next],
    footer: text.footer(shopName),
  }
}

type Texts = Readonly<{
  subject: (host: string) => string
  stopped: (url: string) => string
  reasons: Readonly<Record<Reason, string>>
  next: string
  footer: (shopName: string) => string
}>

const texts: Readonly<Record<Locale, Texts>> = {
  en: {
    subject: (host) => `Events are no longer sent to ${host}`,
    stopped: (url) => `The shop has stopped sending events to ${url}.`,
    reasons: {
      failing: `The endpoint has accepted no request for ${timeText(failingTime, 'en')}.`,
      gone: 'The endpoint answered 410, which means that it takes no more requests.',
      backlog: `More than ${usualBacklog.toLocaleString('en-US')} requests are waiting, because the endpoint accepts them too slowly.`,
    },
    next: 'Repair the receiver and activate the endpoint again. The shop then sends the requests that are waiting. Events that happened in the meantime are missing: read the orders through the API.',
    footer: (shopName) => `You receive this e-mail because you are the contact for a webhook of ${shopName}.`,
  },
  ru: {
    subject: (host) => `События больше не отправляются на ${host}`,
    stopped: (url) => `Магазин прекратил отправлять события на ${url}.`,
    reasons: {
      failing: `Получатель не принял ни одного запроса за ${timeText(failingTime, 'ru')}.`,
      gone: 'Получатель ответил 410, то есть больше не принимает запросы.',
      backlog: `Отправки ждут больше ${usualBacklog.toLocaleString('ru-RU')} запросов: получатель принимает их слишком медленно.`,
    },
    next: 'Исправьте получателя и включите его снова: магазин отправит запросы, которые ждут. Событий, случившихся после отключения, среди них нет: прочитайте заказы через API.',
    footer: (shopName) => `Вы получили это письмо, потому что вы — контактное лицо вебхука магазина «${shopName}».`,
  },
}
