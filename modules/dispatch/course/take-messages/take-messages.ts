import { hash } from 'node:crypto'
import { transaction } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import { derivedId } from '#platform/values'
import type { Contract } from '../../contract.ts'
import { messageParked } from '../../events.ts'
import { eventOf, type PeriodTerms } from '../../messages/basket-event.ts'
import { readMessage, type RawMessage } from '../../messages/read-message.ts'
import type { CourseDb } from '../store.ts'

/** A message with the place from which it came. */
export type ReceivedMessage = RawMessage &
  Readonly<{
    /** The topic, the partition and the offset: the same place and the same bytes are the same message. */
    place: string
    /** When it was sent. */
    at: Date
  }>

/** `known` and `unknown` messages are stored when the slice returns. A malformed one belongs to the dead letters. */
export type MessageOutcome = Readonly<{ kind: 'known' | 'unknown' } | { kind: 'malformed'; issue: string }>
export type TakeMessages = (messages: readonly ReceivedMessage[]) => Promise<readonly MessageOutcome[]>

type Needs = Readonly<{ db: CourseDb; contract: Contract; period: PeriodTerms }>

/** Writes messages of other systems into the log, in their order. A message that arrives again has the same event id. */
export const takeMessages =
  ({ db, contract, period }: Needs): TakeMessages =>
  async (messages) => {
    const read = messages.map((message) => readOne(message, contract, period))
    const events = read.flatMap(({ event }) => event ?? [])
    if (events.length > 0) await transaction(db, (tx) => publish(tx, events))
    return read.map(({ outcome }) => outcome)
  }

type ReadOne = Readonly<{ outcome: MessageOutcome; event?: NewEvent }>

function readOne(message: ReceivedMessage, contract: Contract, period: PeriodTerms): ReadOne {
  const result = readMessage(message, contract)
  if (result.kind === 'malformed') return { outcome: result }
  const id = idOf(message)
  if (result.kind === 'unknown')
    return { outcome: { kind: 'unknown' }, event: parked(message, { id, contract, ...result }) }
  return { outcome: { kind: 'known' }, event: eventOf(result.message, { id, at: message.at, period }) }
}

/** The id that all ids of messages are derived from. */
const nil = '00000000-0000-7000-8000-000000000000'

/** A topic that is created again starts its offsets again, so the bytes belong to the identity of a message. */
const idOf = ({ place, bytes }: ReceivedMessage): string => derivedId(nil, `${place} ${hash('sha256', bytes, 'hex')}`)

type Unknown = Readonly<{ id: string; contract: Contract; name: string }>

const parked = ({ bytes, place, at }: ReceivedMessage, { id, contract, name }: Unknown): NewEvent =>
  messageParked(
    {
      message_id: id,
      name,
      contract,
      place,
      sent_at: at.toISOString(),
      body: Buffer.from(bytes).toString('base64'),
    },
    id,
  )
