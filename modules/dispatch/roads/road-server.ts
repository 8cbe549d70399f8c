import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Point } from '../fleet/point.ts'

/** The answer of the server: metres, null where no road leads, or what a broken server does. */
type RoadAnswer = ((from: Point, to: Point) => number | null) | 'silence' | 'too-big' | 'no-json'

/** A table service of OSRM for tests, on a free port of this machine. It counts its requests; tests change its answer. */
export async function startRoadServer(answer: RoadAnswer) {
  const state = { answer, requests: 0, pairs: 0 }
  const server = createServer((request, response) => {
    state.requests++
    if (state.answer === 'silence') return
    response.setHeader('content-type', 'application/json')
    if (typeof state.answer === 'string') {
      response.writeHead(400).end(state.answer === 'no-json' ? '<html>' : JSON.stringify({ code: 'TooBig' }))
      return
    }
    const { answer: measure } = state
    const { sources, destinations } = sidesOf(new URL(request.url ?? '/', 'http://osrm'))
    state.pairs += sources.length * destinations.length
    const distances = sources.map((from) => destinations.map((to) => measure(from, to)))
    response.end(JSON.stringify({ code: 'Ok', distances }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/table/v1/bike`,
    state,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function sidesOf({ pathname, searchParams }: URL) {
  const points = (pathname.split('/').at(-1) ?? '').split(';').map((text): Point => {
    const [lng = Number.NaN, lat = Number.NaN] = text.split(',').map(Number)
    return { lat, lng }
  })
  const side = (name: string) => (searchParams.get(name) ?? '').split(';').map((index) => points[Number(index)]!)
  return { sources: side('sources'), destinations: side('destinations') }
}
