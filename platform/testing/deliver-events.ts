import type { Db } from '#platform/db'
import { openManualConsumer } from '#platform/events'
import type { Module } from '#platform/module'

/** A hearer that threw. */
export type DeliveryFailure = Readonly<{ module: string; key: string; error: unknown }>

type Hearing = Pick<Module, 'name' | 'subscriptions'>
type ByHand = ReturnType<typeof openManualConsumer>

/** `collect`: goes on with other keys, as the consumer does. `together`: hears all there is in one transaction. */
export type Delivery = Readonly<{ collect?: boolean; together?: boolean }>

/**
 * Hands every event of the log to the hears of `modules`, oldest first, through the inbox, until nothing new is told.
 * Throws what a hearer throws; with `collect` it returns the faults.
 */
export async function deliverEvents(
  db: Db,
  modules: readonly Hearing[],
  { collect = false, together = false }: Delivery = {},
): Promise<DeliveryFailure[]> {
  const faults: DeliveryFailure[] = []
  const groups = modules.map(({ name, subscriptions = [] }) => ({
    module: name,
    byHand: openManualConsumer(db, { name, subscriptions }),
  }))
  for (let heard = -1; heard !== 0;) {
    heard = 0
    for (const { module, byHand } of groups) {
      if (together) heard += await hearBatch(byHand)
      else heard += await hearEach(byHand, { module, faults, collect })
    }
  }
  return faults
}

async function hearBatch(byHand: ByHand): Promise<number> {
  const events = await byHand.unheard()
  if (events.length > 0) await byHand.handleBatch(events)
  return events.length
}

type Each = Readonly<{ module: string; faults: DeliveryFailure[]; collect: boolean }>

async function hearEach(byHand: ByHand, { module, faults, collect }: Each): Promise<number> {
  let heard = 0
  for (const event of await byHand.unheard()) {
    const key = event.partition_key
    if (faults.some((fault) => fault.module === module && fault.key === key)) continue
    try {
      await byHand.subscribe(event)
      heard++
    } catch (error) {
      if (!collect) throw error
      faults.push({ module, key, error })
    }
  }
  return heard
}
