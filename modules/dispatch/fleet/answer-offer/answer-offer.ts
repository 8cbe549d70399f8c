import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { parcelAccepted } from '../../events.ts'
import { accept, decline } from '../parcel.ts'
import { lockParcel, readParcel, saveParcel, type FleetDb, type NamedParcel } from '../store.ts'

type AnswerOfferInput = Readonly<{ id: string; courier_id: string; answer: 'accept' | 'decline' }>
export type AnswerOfferOutcome =
  | Readonly<{ kind: 'answered'; parcel: NamedParcel }>
  | NotFound
  | Refused<'offer-expired' | 'not-offered'>
export type AnswerOffer = (input: AnswerOfferInput) => Promise<AnswerOfferOutcome>

type Needs = Readonly<{ db: FleetDb; now: Clock; wake: () => void }>

/** A courier takes or declines the parcel that is offered to him. A repeat changes nothing. */
export const answerOffer =
  ({ db, now, wake }: Needs): AnswerOffer =>
  async ({ id, courier_id, answer }) =>
    await transaction(db, async (tx): Promise<AnswerOfferOutcome> => {
      const parcel = await lockParcel(tx, id)
      if (!parcel) return notFound('parcel')
      const at = now()
      const decision = (answer === 'accept' ? accept : decline)(parcel, { courier_id, now: at })
      if (decision.kind === 'refused')
        return decision.reason === 'not-yours' ? notFound('parcel') : { kind: 'refused', reason: decision.reason }
      if (decision.kind === 'changed') {
        await saveParcel(tx, parcel, { ...decision, at })
        if (answer === 'accept')
          await publish(tx, [parcelAccepted({ parcel_id: id, order_id: parcel.order_id, courier_id })])
        afterCommit(tx, wake)
      }
      return { kind: 'answered', parcel: await readParcel(tx, id) }
    })
