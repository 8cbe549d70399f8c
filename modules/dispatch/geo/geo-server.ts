import { Server, ServerCredentials, status, type handleUnaryCall } from '@grpc/grpc-js'
import type { Location } from '../course/location.ts'
import { geoCodecs, geolocationPath, type GeoContract } from './contract.ts'

/** The answer of the server to one call: a cell, a status of gRPC, or none at all. */
type GeoAnswer = Location | 'unavailable' | 'not-found' | 'silence'

type Answer = (request: unknown) => GeoAnswer

/** A geo service for tests, on a free port or on the given one. `answer` receives each decoded request. */
export async function startGeoServer(contract: GeoContract, answer: Answer, listenOn = 0) {
  const codecs = geoCodecs(contract)
  const getGeolocation: handleUnaryCall<unknown, object> = ({ request }, callback) => {
    const answered = answer(request)
    if (answered === 'silence') return
    if (answered === 'unavailable') return callback({ code: status.UNAVAILABLE, details: 'starting' })
    if (answered === 'not-found') return callback({ code: status.NOT_FOUND, details: 'no such street' })
    callback(null, { location: answered })
  }
  const server = new Server()
  server.addService(
    {
      getGeolocation: {
        path: geolocationPath,
        requestStream: false,
        responseStream: false,
        requestSerialize: (message: object) => codecs.request.encode(message),
        requestDeserialize: (bytes: Buffer) => codecs.request.decode(bytes),
        responseSerialize: (message: object) => codecs.reply.encode(message),
        responseDeserialize: (bytes: Buffer) => codecs.reply.decode(bytes),
      },
    },
    { getGeolocation },
  )
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${listenOn}`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  return { host: `127.0.0.1:${port}`, port, close: () => server.forceShutdown() }
}
