import { Circuit } from '#platform/circuit'
import type { Carrier } from './carrier.ts'

/** Gives the calls to a carrier a time limit and a circuit breaker. A call without an answer throws `Unavailable`. */
export function guardedCarrier(carrier: Carrier): Carrier {
  const circuit = new Circuit(`The carrier ${carrier.method}`)
  return {
    ...carrier,
    create: (request) => circuit.run(() => carrier.create(request)),
    cancel: (shipment) => circuit.run(() => carrier.cancel(shipment)),
  }
}
