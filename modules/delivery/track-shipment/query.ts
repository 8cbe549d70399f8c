import { sql } from 'kysely'
import { batched, type Db } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import type { TrackingView } from '../schema.ts'
import type { DeliveryDb } from '../store/tables.ts'

type FoundTracking = Readonly<{ kind: 'found'; tracking: TrackingView }>
export type TrackShipment = (token: string) => Promise<FoundTracking | NotFound>

type Needs = Readonly<{ db: DeliveryDb }>

/** Reads what everybody with the link may see: neither the customer, nor the address, nor the code. */
export const trackShipment =
  ({ db }: Needs): TrackShipment =>
  async (token) => {
    const tracking = await findTracking(db, token)
    return tracking ? { kind: 'found', tracking } : notFound('shipment')
  }

/** One statement for all streams of the process. */
const findTracking = batched<string, TrackingView | undefined, Db>(async (db, tokens) => {
  const { rows } = await sql<TrackingView & { tracking_token: string }>`
    select tracking_token, method, status, timeline from delivery.shipments
    where tracking_token = any(${[...new Set(tokens)]}::text[])
  `.execute(db)
  const byToken = new Map(rows.map(({ tracking_token, ...tracking }) => [tracking_token, tracking]))
  return tokens.map((token) => byToken.get(token))
})
