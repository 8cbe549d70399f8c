import type { Db } from '#platform/db'
import { hearByHand } from '#platform/events'
import type { Module } from '#platform/module'

/** A hearer that threw. */
export type HearFault = Readonly<{ module: string; key: string; error: unknown }>

type Hearing = Pick<Module, 'name' | 'hears'>
type ByHand = ReturnType<typeof hearByHand>

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
): Promise<HearFault[]> {
  const faults: HearFault[] = []
  const groups = modules.map(({ name, hears = [] }) => ({ module: name, byHand: hearByHand(db, { name, hears }) }))
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
  if (events.length > 0) await byHand.hearTogether(events)
  return events.length
}

type Each = Readonly<{ module: string; faults: HearFault[]; collect: boolean }>

async function hearEach(byHand: ByHand, { module, faults, collect }: Each): Promise<number> {
  let heard = 0
  for (const event of await byHand.unheard()) {
    const key = event.partition_key
    if (faults.some((fault) => fault.module === module && fault.key === key)) continue
    try {
      await byHand.hear(event)
      heard++
    } catch (error) {
      if (!collect) throw error
      faults.push({ module, key, error })
    }
  }
  return heard
}
