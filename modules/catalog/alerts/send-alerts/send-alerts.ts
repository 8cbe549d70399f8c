import { sql } from 'kysely'
import { transaction } from '#platform/db'
import type { MailQueue } from '#platform/mail'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { letterAbout, type DueAlert } from './letters.ts'

/** Finds the mailboxes of users, who may have none. */
export type MailboxesOf = (
  user_ids: readonly string[],
) => Promise<readonly Readonly<{ user_id: string; email: string | null; is_email_verified: boolean }>[]>

type Needs = Readonly<{
  db: CatalogDb
  mailboxesOf: MailboxesOf
  mail: Pick<MailQueue, 'send'>
  /** The address of the shop for people. */
  origin: () => string
}>

export type SendAlerts = (signal: AbortSignal) => Promise<void>

/** E-mails that are queued in one transaction. */
const batchSize = 100

/**
 * Queues the e-mails of all subscriptions whose variant is in stock or costs less now, and ends these subscriptions. It looks
 * at the present state and not at events, so nothing is added to an order, and a run that fails loses nothing. Of two runs at
 * once one deletes the row, and only that one sends. A subscription without a verified mailbox waits: its user may verify the
 * mailbox later, or may have been merged into an account that has one.
 */
export const sendAlerts =
  ({ db, mailboxesOf, mail, origin }: Needs): SendAlerts =>
  async (signal) => {
    for (let after: DueAlert | undefined; !signal.aborted;) {
      const due = await listDue(db, after)
      after = due.at(-1)
      if (!after) return
      const accounts = await mailboxesOf([...new Set(due.map(({ user_id }) => user_id))])
      const mailboxes = new Map(
        accounts.flatMap(({ user_id, email, is_email_verified }) =>
          email !== null && is_email_verified ? [[user_id, email] as const] : [],
        ),
      )
      const deliverable = due.filter(({ user_id }) => mailboxes.has(user_id))
      if (deliverable.length === 0) continue
      await transaction(db, async (tx) => {
        for (const alert of await deleteAlerts(tx, deliverable)) {
          const to = mailboxes.get(alert.user_id)
          if (to !== undefined) await mail.send(tx, letterAbout(alert, { to, origin: origin() }))
        }
      })
    }
  }

/** A page of the due alerts. Alerts that wait for a mailbox stay, so that the next page begins after the last alert. */
async function listDue(db: CatalogDb, after: DueAlert | undefined): Promise<readonly DueAlert[]> {
  const { user_id = null, variant_id = null, kind = null } = after ?? {}
  const { rows } = await sql<DueAlert>`
    with waiting as materialized (
      select variant.id, variant.price, variant.currency, variant.title, product.name, product.slug, coalesce(catalog.available(variant.id), 1) > 0 as is_available
      from (select distinct variant_id from catalog.alerts) watched
      join catalog.variants variant on variant.id = watched.variant_id join catalog.products product on product.id = variant.product_id
      where variant.is_active and product.is_active
    )
    select alert.user_id, alert.variant_id, alert.kind, owner.locale, owner.link_token, waiting.price, waiting.currency, waiting.title, waiting.name, waiting.slug
    from catalog.alerts alert join waiting on waiting.id = alert.variant_id join catalog.alert_owners owner on owner.user_id = alert.user_id
    where case alert.kind when 'price_drop' then waiting.price < alert.price else waiting.is_available end
      and (${user_id}::uuid is null or (alert.user_id, alert.variant_id, alert.kind) > (${user_id}::uuid, ${variant_id}::uuid, ${kind}::text))
    order by alert.user_id, alert.variant_id, alert.kind limit ${batchSize}
  `.execute(db)
  return rows
}

/** Returns the alerts that this run has deleted. */
async function deleteAlerts(tx: CatalogTx, due: readonly DueAlert[]): Promise<readonly DueAlert[]> {
  const { rows } = await sql<{ place: number }>`
    delete from catalog.alerts alert
    using unnest(${due.map((one) => one.user_id)}::uuid[], ${due.map((one) => one.variant_id)}::uuid[],
      ${due.map((one) => one.kind)}::text[]) with ordinality as sent(user_id, variant_id, kind, place)
    where alert.user_id = sent.user_id and alert.variant_id = sent.variant_id and alert.kind = sent.kind
    returning sent.place::int as place
  `.execute(tx)
  return rows.flatMap(({ place }) => due[place - 1] ?? [])
}
