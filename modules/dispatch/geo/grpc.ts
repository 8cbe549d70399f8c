import { setTimeout as sleep } from 'node:timers/promises'
import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Address } from '#ordering/events'
import { Circuit } from '#platform/circuit'
import { isRefusal, Unavailable } from '#platform/outcome'
import { after, seconds, type Clock } from '#platform/values'
import { locationOf } from '../course/location.ts'
import { geoCodecs, geolocationPath, type GeoContract } from './contract.ts'
import { lineOf } from './embedded.ts'
import type { Geo } from './geo.ts'

type Settings = Readonly<{
  /** `host:port` of the geo service. */
  host: string
  contract: GeoContract
  /** The clock of the deadline. */
  now: Clock
  /** Milliseconds in which one attempt must be answered; 1 s when absent. */
  deadline?: number
}>

/** A geo service outside, and a function that closes its connection. */
type GrpcGeo = Geo & Readonly<{ close: () => void }>

const attempts = 3
/** The service did not handle these calls, or handling them again changes nothing: it only reads. */
const transient = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.RESOURCE_EXHAUSTED, status.ABORTED])

const Reply = Type.Object({ location: Type.Object({ x: Type.Integer(), y: Type.Integer() }) })

/**
 * Finds cells with `geo.Geo/GetGeolocation`. Each attempt has a deadline, a failed one is repeated twice, and a circuit stops the
 * calls to a service that is down. Throws `Unavailable` without an answer, and `RangeError` when the answer is no cell.
 */
export function grpcGeo({ host, contract, now, deadline = seconds(1) }: Settings): GrpcGeo {
  const codecs = geoCodecs(contract)
  const client = new Client(host, credentials.createInsecure())
  const circuit = new Circuit('the geo service', { timeLimit: attempts * deadline + seconds(1) })

  const callOnce = (address: Address) =>
    new Promise<unknown>((resolve, reject) => {
      client.makeUnaryRequest(
        geolocationPath,
        (message: object) => codecs.request.encode(message),
        (bytes: Buffer) => codecs.reply.decode(bytes),
        requestOf(address, contract),
        { deadline: after(now(), deadline) },
        (error: ServiceError | null, reply?: unknown) => (error ? reject(error) : resolve(reply)),
      )
    })

  return {
    locate: async (address) => cellOf(await circuit.run(() => withRetries(() => callOnce(address)))),
    close: () => client.close(),
  }
}

async function withRetries(call: () => Promise<unknown>): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const { code, details } = error as ServiceError
      if (!transient.has(code)) throw error
      if (attempt === attempts) throw new Unavailable(`The geo service does not answer: ${details}`, { cause: error })
      await sleep(50 * 2 ** attempt)
    }
  }
}

/** The street of an address in one line is that line. */
function requestOf(address: Address, contract: GeoContract): object {
  if (contract === 'street') return { street: typeof address === 'string' ? address : lineOf(address) }
  return { address: typeof address === 'string' ? { street: address } : address }
}

function cellOf(reply: unknown) {
  if (!Value.Check(Reply, reply)) throw new RangeError('The geo service answers without a location')
  const cell = locationOf(reply.location.x, reply.location.y)
  if (isRefusal(cell))
    throw new RangeError(`The geo service answers with a cell outside the grid: ${JSON.stringify(reply)}`)
  return cell
}
