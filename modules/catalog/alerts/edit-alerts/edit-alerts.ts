import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock, Locale } from '#platform/values'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import type { AlertKind } from '../schema.ts'
import type { Alert } from '../store.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock }>

type Key = Readonly<{ user_id: string; variant_id: string; kind: AlertKind }>
export type AddAlertOutcome =
  | Readonly<{ kind: 'subscribed'; alert: Alert }>
  | NotFound
  | Refused<'in-stock' | 'email-needed' | 'too-many-alerts'>
export type AddAlert = (
  input: Key & Readonly<{ email: string | undefined; locale: Locale }>,
) => Promise<AddAlertOutcome>
export type DeleteAlert = (key: Key) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>

/** A customer needs no more, and a stolen account must not fill a mailbox. */
export const maxAlerts = 50

/** Subscribes a customer to one e-mail about a variant on sale. A repeat changes nothing. */
export const addAlert =
  ({ db, now }: Needs): AddAlert =>
  async ({ user_id, variant_id, kind, email, locale }) => {
    if (email === undefined) return { kind: 'refused', reason: 'email-needed' }
    return await transaction(db, async (tx): Promise<AddAlertOutcome> => {
      await lockOwner(tx, { user_id, locale })
      const existing = await findAlert(tx, { user_id, variant_id, kind })
      if (existing) return { kind: 'subscribed', alert: existing }
      const variant = await findVariant(tx, variant_id)
      if (!variant) return notFound('variant')
      if (kind === 'back_in_stock' && variant.is_available) return { kind: 'refused', reason: 'in-stock' }
      if ((await countAlerts(tx, user_id)) >= maxAlerts) return { kind: 'refused', reason: 'too-many-alerts' }
      const alert = await tx
        .insertInto('catalog.alerts')
        .values({
          user_id,
          variant_id,
          kind,
          price: kind === 'price_drop' ? variant.price : null,
          merged_from: null,
          created_at: now(),
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      return { kind: 'subscribed', alert }
    })
  }

/** The row of the owner is the lock under which alerts are counted. */
const lockOwner = (tx: CatalogTx, { user_id, locale }: Readonly<{ user_id: string; locale: Locale }>) =>
  tx
    .insertInto('catalog.alert_owners')
    .values({ user_id, locale, link_token: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ locale }))
    .execute()

const findAlert = (tx: CatalogTx, { user_id, variant_id, kind }: Key): Promise<Alert | undefined> =>
  tx
    .selectFrom('catalog.alerts')
    .selectAll()
    .where('user_id', '=', user_id)
    .where('variant_id', '=', variant_id)
    .where('kind', '=', kind)
    .executeTakeFirst()

async function findVariant(tx: CatalogTx, variant_id: string) {
  const { rows } = await sql<{ price: number; is_available: boolean }>`
    select v.price, coalesce(catalog.available(v.id), 1) > 0 as is_available
    from catalog.variants v join catalog.products p on p.id = v.product_id
    where v.id = ${variant_id} and v.is_active and p.is_active for key share of v
  `.execute(tx)
  return rows[0]
}

async function countAlerts(tx: CatalogTx, user_id: string): Promise<number> {
  const { count } = await tx
    .selectFrom('catalog.alerts')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_id', '=', user_id)
    .executeTakeFirstOrThrow()
  return count
}

export const deleteAlert =
  ({ db }: Pick<Needs, 'db'>): DeleteAlert =>
  async ({ user_id, variant_id, kind }) => {
    const { numDeletedRows } = await db
      .deleteFrom('catalog.alerts')
      .where('user_id', '=', user_id)
      .where('variant_id', '=', variant_id)
      .where('kind', '=', kind)
      .executeTakeFirstOrThrow()
    return numDeletedRows === 1n ? { kind: 'deleted' } : notFound('alert')
  }
