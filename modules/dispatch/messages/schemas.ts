import { createRequire } from 'node:module'
import type protobuf from 'protobufjs'
import type { Contract } from '../contract.ts'

const parts = `
  message Address { string country = 1; string city = 2; string street = 3; string house = 4; string apartment = 5; }
  message Item { string id = 1; string good_id = 2; string title = 3; double price = 4; int32 quantity = 5; }
  message DeliveryPeriod { int32 from = 1; int32 to = 2; }
`

const statusChanged = `
  enum OrderStatus { None = 0; Created = 1; Assigned = 2; Completed = 3; }
  message OrderStatusChangedIntegrationEvent { string orderId = 1; OrderStatus orderStatus = 2; }
`

const basketByNumber = (volume: string) => `
  message BasketConfirmedIntegrationEvent {
    string basketId = 1; Address address = 2; repeated Item items = 3; DeliveryPeriod deliveryPeriod = 4; ${volume}
  }
`

const basketBySnakeName = `
  message BasketConfirmedIntegrationEvent {
    string basket_id = 1; Address address = 2; repeated Item items = 3; DeliveryPeriod delivery_period = 4; int32 volume = 5;
  }
`

/** `Timestamp` has the numbers of google.protobuf.Timestamp. */
const withMetadata = `
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
  message BasketMetadata { string event_id = 1; string event_type = 2; }
  message BasketConfirmedIntegrationEvent {
    string event_id = 1; string event_type = 2; Timestamp occurred_at = 3; string basket_id = 4; Address address = 5;
    repeated Item items = 6; DeliveryPeriod delivery_period = 7; int32 volume = 8;
  }
  message BasketCancelledIntegrationEvent {
    string event_id = 1; string event_type = 2; Timestamp occurred_at = 3; string basket_id = 4; string reason = 5;
  }
  message OrderCreated { string event_id = 1; string event_type = 2; Timestamp occurred_at = 3; string order_id = 4; }
  message OrderCompleted {
    string event_id = 1; string event_type = 2; Timestamp occurred_at = 3; string order_id = 4; string courier_id = 5;
  }
`

/** The messages of each generation. The field numbers differ, so bytes of one generation mean something else in another. */
const sources: Readonly<Record<Contract, string>> = {
  a: parts + basketByNumber('') + statusChanged,
  b: parts + basketByNumber('int32 Volume = 5;') + statusChanged,
  c: parts + withMetadata,
  b2: `${parts}${basketBySnakeName}
    message OrderCreated { string order_id = 1; }
    message OrderCompleted { string order_id = 1; string courier_id = 2; }`,
  d: `${parts}${basketBySnakeName}
    message OrderAssigned { string order_id = 1; }
    message OrderCompleted { string order_id = 1; }`,
}

/** Loads the library at the first message: most shops get none. */
const library = () => createRequire(import.meta.url)('protobufjs') as typeof protobuf

const parsed = new Map<Contract, protobuf.Root>()

/** The type of a message in a generation; undefined where the generation has none of this name. */
export function messageType(contract: Contract, name: string): protobuf.Type | undefined {
  const { parse, Type } = library()
  const root = parsed.get(contract) ?? parse(`syntax = "proto3"; ${sources[contract]}`, { keepCase: true }).root
  parsed.set(contract, root)
  const found = root.get(name)
  if (!(found instanceof Type)) return undefined
  found.resolveAll()
  return found
}
