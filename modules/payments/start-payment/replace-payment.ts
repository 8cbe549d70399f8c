import { transaction, type AnyTx, type Db } from '#platform/db'
import type { Clock } from '#platform/values'
import { cancelAtProvider } from '../cancel-at-provider.ts'
import { isOpen } from '../payment.ts'
import type { Providers } from '../provider.ts'
import { settleOrThrow } from '../settlement.ts'
import { lockPaymentRequest, updateRevision } from '../store/payment-requests.ts'
import { listPaymentsOf, lockPayment } from '../store/payments.ts'
import { insertOutdatedRefunds } from '../store/refunds.ts'
import { saveSettlement } from '../store/settlements.ts'
import {
  insertFollowingPayment,
  type FirstPayment,
  type NotSaved,
  type SavedPayment,
} from '../store/started-payments.ts'

type Needs = Readonly<{ db: Db; providers: Providers; now: Clock }>

/**
 * Replaces the payment of a request whose sum has changed. First the request gets its new revision, so that no payment of the
 * old sum begins or counts any more; then the open one is cancelled at its provider, and only then the next one is saved. A
 * completed payment of the old sum is refunded. May be repeated.
 */
export async function replacePayment(
  { db, providers, now }: Needs,
  next: FirstPayment,
): Promise<SavedPayment | NotSaved> {
  const revised = await transaction(db, (tx) => revise(tx, next))
  if (revised !== 'revised') return { kind: revised }
  const outdated = await listPaymentsOf(db, next.subject_id)
  for (const found of outdated.filter((payment) => isOpen(payment) && payment.revision < next.revision)) {
    const charge = await cancelAtProvider(providers, found)
    await transaction(db, async (tx) => {
      const { payment } = await lockPayment(tx, found)
      await saveSettlement(tx, payment, { settlement: settleOrThrow(payment, charge), at: now() })
    })
  }
  const payment = await insertFollowingPayment(db, next)
  return payment ? { kind: 'saved', payment, isNew: true } : { kind: 'known' }
}

/** `known`: another request is as new. `cancelled`: no payment is needed any more. */
async function revise(
  tx: AnyTx,
  { subject_id, revision, amount, at }: FirstPayment,
): Promise<'revised' | 'cancelled' | 'known'> {
  const request = await lockPaymentRequest(tx, subject_id)
  if (!request || request.status === 'cancelled') return 'cancelled'
  const payments = await listPaymentsOf(tx, subject_id)
  // An earlier attempt of this request may have died before it saved the payment.
  if (request.revision === revision && !payments.some((each) => each.revision === revision)) return 'revised'
  if (request.revision >= revision) return 'known'
  await updateRevision(tx, { subject_id, revision, amount, at })
  await insertOutdatedRefunds(tx, payments, { revision, at })
  return 'revised'
}
