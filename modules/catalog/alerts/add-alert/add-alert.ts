import { randomBytes } from 'node:crypto'
import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock, Locale } from '#platform/values'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { countAlerts, findAlert, insertAlert, lockVariantOnSale, type AlertKey } from '../store/alerts.ts'
import type { Alert } from '../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock }>

type AddAlertInput = AlertKey & Readonly<{ email: string | undefined; locale: Locale }>
export type AddAlertOutcome =
  | Readonly<{ kind: 'subscribed'; alert: Alert }>
  | NotFound
  | Refused<'in-stock' | 'email-needed' | 'too-many-alerts'>
export type AddAlert = (input: AddAlertInput) => Promise<AddAlertOutcome>

/** A customer needs no more, and a stolen account must not fill a mailbox. */
export const maxAlerts = 50

/** Subscribes a customer to one e-mail about a variant on sale. A repeat changes nothing. */
export const addAlert =
  ({ db, now }: Needs): AddAlert =>
  async ({ email, locale, ...key }) => {
    if (email === undefined) return { kind: 'refused', reason: 'email-needed' }
    const { user_id, variant_id, kind } = key
    return await transaction(db, async (tx): Promise<AddAlertOutcome> => {
      await lockOwner(tx, { user_id, locale })
      const existing = await findAlert(tx, key)
      if (existing) return { kind: 'subscribed', alert: existing }
      const variant = await lockVariantOnSale(tx, variant_id)
      if (!variant) return notFound('variant')
      if (kind === 'back_in_stock' && variant.is_available) return { kind: 'refused', reason: 'in-stock' }
      if ((await countAlerts(tx, user_id)) >= maxAlerts) return { kind: 'refused', reason: 'too-many-alerts' }
      const price = kind === 'price_drop' ? variant.price : null
      return { kind: 'subscribed', alert: await insertAlert(tx, { ...key, price, created_at: now() }) }
    })
  }

/** The row of the owner is the lock under which alerts are counted. */
const lockOwner = (tx: CatalogTx, { user_id, locale }: Readonly<{ user_id: string; locale: Locale }>) =>
  tx
    .insertInto('catalog.alert_owners')
    .values({ user_id, locale, link_token: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ locale }))
    .execute()
