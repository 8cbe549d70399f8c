import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Contract } from '../contract.ts'
import { decode } from './decode.ts'
import { findMessage, onlyMessage, type CancelledBasket, type ConfirmedBasket } from './registry.ts'
import { messageType } from './schemas.ts'

/** A message as it came. */
export type RawMessage = Readonly<{ bytes: Uint8Array; headers: Readonly<Record<string, string>> }>

/** The content of a message. A later version may know a name that this one does not. */
export type ReadMessage =
  | Readonly<{ kind: 'known'; message: ConfirmedBasket | CancelledBasket }>
  | Readonly<{ kind: 'unknown'; name: string }>
  | Readonly<{ kind: 'malformed'; issue: string }>

const Name = Compile(Type.String({ pattern: '^[\\w.$+-]{1,200}$' }))

/** Reads a message of the configured generation: finds it by its name, decodes it and checks it. */
export function readMessage({ bytes, headers }: RawMessage, contract: Contract): ReadMessage {
  const found = nameOf({ bytes, headers }, contract)
  if (typeof found === 'object') return found
  if (found === undefined) return onlyMessage.read(contract, bytes)
  if (!Name.Check(found)) return { kind: 'malformed', issue: 'the name of the event is no name' }
  return findMessage(found)?.read(contract, bytes) ?? { kind: 'unknown', name: found }
}

/**
 * The name is a field of generation C, and a header elsewhere. Without a header the message is the only one of its
 * generation.
 */
function nameOf({ bytes, headers }: RawMessage, contract: Contract) {
  const metadata = messageType(contract, 'BasketMetadata')
  if (!metadata) return headers['event_type'] ?? headers['ce_type']
  try {
    const { event_type } = decode(metadata, bytes)
    return String(event_type)
  } catch (error) {
    return { kind: 'malformed', issue: error instanceof Error ? error.message : String(error) } as const
  }
}
