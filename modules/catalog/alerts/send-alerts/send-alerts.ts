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
      select v.id, v.price, v.currency, v.title, p.name, p.slug, coalesce(catalog.available(v.id), 1) > 0 as is_available
      from (select distinct variant_id from catalog.alerts) a
      join catalog.variants v on v.id = a.variant_id join catalog.products p on p.id = v.product_id
      where v.is_active and p.is_active
    )
    select a.user_id, a.variant_id, a.kind, o.locale, o.link_token, w.price, w.currency, w.title, w.name, w.slug
    from catalog.alerts a join waiting w on w.id = a.variant_id join catalog.alert_owners o on o.user_id = a.user_id
    where case a.kind when 'price_drop' then w.price < a.price else w.is_available end
      and (${user_id}::uuid is null or (a.user_id, a.variant_id, a.kind) > (${user_id}::uuid, ${variant_id}::uuid, ${kind}::text))
    order by a.user_id, a.variant_id, a.kind limit ${batchSize}
  `.execute(db)
  return rows
}

/** Returns the alerts that this run has deleted. */
async function deleteAlerts(tx: CatalogTx, due: readonly DueAlert[]): Promise<readonly DueAlert[]> {
  const { rows } = await sql<{ place: number }>`
    delete from catalog.alerts a
    using unnest(${due.map((one) => one.user_id)}::uuid[], ${due.map((one) => one.variant_id)}::uuid[],
      ${due.map((one) => one.kind)}::text[]) with ordinality as sent(user_id, variant_id, kind, place)
    where a.user_id = sent.user_id and a.variant_id = sent.variant_id and a.kind = sent.kind
    returning sent.place::int as place
  `.execute(tx)
  return rows.flatMap(({ place }) => due[place - 1] ?? [])
}
