import type { Db } from '#platform/db'
import { openManualConsumer, type ManualConsumer } from '#platform/events'
import type { Module } from '#platform/module'

/** A handler that threw. */
export type DeliveryFailure = Readonly<{ module: string; key: string; error: unknown }>

type Subscriber = Pick<Module, 'name' | 'subscriptions'>

/** `collect`: continues with other keys after an error. `together`: handles all waiting events in one transaction. */
export type Delivery = Readonly<{ collect?: boolean; together?: boolean }>

/**
 * Delivers every event of the log to the subscriptions of `modules`, oldest first and through the inbox, until no handler
 * publishes a new one. Throws the error of a handler; with `collect` returns the failures instead.
 */
export async function deliverEvents(
  db: Db,
  modules: readonly Subscriber[],
  { collect = false, together = false }: Delivery = {},
): Promise<DeliveryFailure[]> {
  const failures: DeliveryFailure[] = []
  const consumers = modules.map(({ name, subscriptions = [] }) => ({
    module: name,
    consumer: openManualConsumer(db, { name, subscriptions }),
  }))
  for (let handled = -1; handled !== 0;) {
    handled = 0
    for (const { module, consumer } of consumers) {
      if (together) handled += await handleTogether(consumer)
      else handled += await handleEach(consumer, { module, failures, collect })
    }
  }
  return failures
}

async function handleTogether(consumer: ManualConsumer): Promise<number> {
  const events = await consumer.unhandled()
  if (events.length > 0) await consumer.handleBatch(events)
  return events.length
}

type Progress = Readonly<{ module: string; failures: DeliveryFailure[]; collect: boolean }>

async function handleEach(consumer: ManualConsumer, { module, failures, collect }: Progress): Promise<number> {
  let handled = 0
  for (const event of await consumer.unhandled()) {
    const key = event.partition_key
    if (failures.some((failure) => failure.module === module && failure.key === key)) continue
    try {
      await consumer.handle(event)
      handled++
    } catch (error) {
      if (!collect) throw error
      failures.push({ module, key, error })
    }
  }
  return handled
}
