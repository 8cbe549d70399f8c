import { timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { afterCommit, transaction, type AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import { notFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { claimedStatusOf, reportedEvents } from '../discrepancy.ts'
import { isPinLocked } from '../parcel.ts'
import type { ProofRule } from '../schema.ts'
import { decideStep, eventsOf, timeOf, type TakeStep, type TakeStepInput, type TakeStepOutcome } from '../steps.ts'
import {
  insertDiscrepancy,
  lockParcel,
  readParcel,
  saveArrival,
  saveParcel,
  type FleetDb,
  type ParcelRow,
} from '../store.ts'
import { recordReport, saveRefusal } from './reports.ts'

type Needs = Readonly<{
  db: FleetDb
  now: Clock
  wake: () => void
  proof: ProofRule
}>

/** A wrong PIN is no refusal of the transaction, which would roll the count back. */
const counted = { kind: 'counted' } as const
/** Nor is a report that is stored for staff. */
const kept = { kind: 'kept' } as const

/**
 * A courier takes or declines a parcel, picks it up, arrives, delivers it, fails to, or brings it back. A repeated step changes nothing; a repeated
 * report gives the answer of the first.
 */
export const takeStep =
  (needs: Needs): TakeStep =>
  async (input) => {
    const outcome = await transaction(needs.db, async (tx) => {
      const recorded = await recordReport(tx, input, needs.now())
      if (recorded.kind === 'differs') return { kind: 'refused', reason: 'report-differs' } as const
      if (recorded.kind === 'repeat') {
        if (recorded.refusal !== null) return { kind: 'refused', reason: recorded.refusal } as const
        return { kind: 'taken', parcel: await readParcel(tx, input.id) } as const
      }
      return await stepIn(tx, needs, input)
    })
    if (outcome.kind === 'counted') return { kind: 'refused', reason: 'wrong-pin' }
    return outcome.kind === 'kept' ? { kind: 'refused', reason: 'report-kept' } : outcome
  }

async function stepIn(
  tx: AnyTx,
  needs: Needs,
  input: TakeStepInput,
): Promise<TakeStepOutcome | typeof counted | typeof kept> {
  const { id, courier_id, report, ...step } = input
  const parcel = await lockParcel(tx, id)
  if (!parcel) return notFound('parcel')
  const at = timeOf(report, parcel, needs.now())
  const proof = { isRightPin: isPinOf(parcel), hasImage: await hasImage(tx, input, needs.proof) }
  const decision = decideStep(parcel, step, { courier_id, now: at, proof })
  if (decision.kind === 'refused') {
    if (await saveClaim(tx, parcel, { input, happened_at: report?.at ?? needs.now(), now: needs.now() })) return kept
    if (decision.reason === 'not-yours') return notFound('parcel')
    if (decision.reason !== 'wrong-pin') return { kind: 'refused', reason: decision.reason }
    await sql`update dispatch.parcels set pin_attempts = pin_attempts + 1 where id = ${id}`.execute(tx)
    await saveRefusal(tx, input, 'wrong-pin')
    return counted
  }
  if (decision.kind === 'arrived') await saveArrival(tx, parcel, at)
  if (decision.kind === 'changed') await saveParcel(tx, parcel, { ...decision, at })
  if (decision.kind !== 'unchanged') {
    await publish(tx, [...eventsOf(step, { parcel_id: id, order_id: parcel.order_id, courier_id })])
    afterCommit(tx, needs.wake)
  }
  return { kind: 'taken', parcel: await readParcel(tx, id) }
}

type Refused = Readonly<{ input: TakeStepInput; happened_at: Date; now: Date }>

/** Stores a refused report for staff when the goods are elsewhere than the shop has them; false when they are not. */
async function saveClaim(tx: AnyTx, parcel: ParcelRow, { input, happened_at, now }: Refused): Promise<boolean> {
  const { courier_id, report } = input
  const reported = claimedStatusOf(parcel, { step: input.step, courier_id, isLate: report !== undefined })
  if (!reported) return false
  const { id: parcel_id, order_id, status: recorded } = parcel
  const [pin, cash] = input.step === 'deliver' ? [input.pin, input.cash_collected] : []
  const discrepancy = {
    parcel_id,
    order_id,
    courier_id,
    reported,
    recorded,
    cash_collected: cash ?? null,
    is_right_pin: pin === undefined || isPinLocked(parcel) ? null : isPinOf(parcel)(pin),
    happened_at,
    created_at: now,
  }
  await publish(tx, reportedEvents(await insertDiscrepancy(tx, discrepancy), discrepancy))
  await saveRefusal(tx, input, 'report-kept')
  return true
}

const isPinOf =
  ({ pin }: ParcelRow) =>
  (said: string): boolean =>
    timingSafeEqual(Buffer.from(said), Buffer.from(pin))

const imageOf = { 'pin-or-photo': 'photo', 'pin-or-signature': 'signature' } as const

async function hasImage(tx: AnyTx, { step, id }: TakeStepInput, rule: ProofRule): Promise<boolean> {
  if (step !== 'deliver' || rule === 'pin') return false
  const { rows } = await sql`
    select from dispatch.parcel_photos where parcel_id = ${id} and kind = ${imageOf[rule]} and stored_at is not null limit 1`.execute(
    tx,
  )
  return rows.length > 0
}
