import type { AnyTx, Db } from '#platform/db'
import { listMessages, publish, retryMessage, Undeliverable, type PayloadOf } from '#platform/events'
import { windowOf } from '#platform/outcome'
import { derivedId } from '#platform/values'
import { messageParked } from '../../events.ts'
import { eventOf, type PeriodTerms } from '../../messages/basket-event.ts'
import { readMessage } from '../../messages/read-message.ts'
import { findMessage } from '../../messages/registry.ts'

type ParkedMessage = PayloadOf<typeof messageParked>
export type ReadParkedMessage = (tx: AnyTx, parked: ParkedMessage) => Promise<void>

type Needs = Readonly<{ period: PeriodTerms }>

/**
 * Reads a parked message again and publishes its event. Throws `Undeliverable` while this version does not know its name, so
 * the message stays among the dead ones of the group and operators see it.
 */
export const readParkedMessage =
  ({ period }: Needs): ReadParkedMessage =>
  async (tx, { message_id, name, contract, body, sent_at }) => {
    // Generation C reads the name from the bytes, and the others from the header.
    const read = readMessage({ bytes: Buffer.from(body, 'base64'), headers: { event_type: name } }, contract)
    if (read.kind === 'unknown')
      throw new Undeliverable('unknown-type', `No message of the Delivery system is called ${read.name}`)
    if (read.kind === 'malformed') throw new Undeliverable('malformed', read.issue)
    const id = derivedId(message_id, 'known')
    await publish(tx, [eventOf(read.message, { id, at: new Date(sent_at), period })])
  }

const pageSize = 500

/** Tries the parked messages again whose names this version knows. Returns their number. */
export async function retryKnownMessages(db: Db): Promise<number> {
  const known: string[] = []
  const parked = { group: 'dispatch', type: messageParked.type, state: 'dead' } as const
  let cursor: string | null = null
  do {
    const window = windowOf({ page_size: pageSize, ...(cursor !== null && { cursor }) })
    const page: Awaited<ReturnType<typeof listMessages>> = await listMessages(db, { ...parked, window })
    for (const { event_id, payload } of page.items.filter((each) => each.error_code === 'unknown-type'))
      if (findMessage((payload as ParkedMessage | null)?.name ?? '')) known.push(event_id)
    cursor = page.next_cursor
  } while (cursor !== null)
  for (const event_id of known) await retryMessage(db, { group: 'dispatch', event_id, who: 'dispatch' })
  return known.length
}
