import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Circuit } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import { Semaphore } from '#platform/semaphore'
import { hours, seconds } from '#platform/values'
import type { Point } from '../fleet/point.ts'
import type { RoadDistances } from '../fleet/travel-times.ts'

type Settings = Readonly<{
  /** The table service of an OSRM server, with its profile: `http://127.0.0.1:5000/table/v1/bike`. */
  url: string
  /** Milliseconds in which all requests of one plan must be answered; 2 s when absent. */
  timeLimit?: number
  /** Milliseconds of any steady clock. */
  now?: () => number
}>

/** The sources, and the destinations, of one request: OSRM refuses more than 100 times 100 by default. */
const maxSide = 50
const maxRequestsAtOnce = 4
/** Distances in memory, some 20 MB; a plan of 50 couriers and 200 parcels has 50,000. */
const maxStored = 200_000
/** The map of the service may be replaced. */
const storedFor = hours(1)

const Table = Compile(
  Type.Object({
    code: Type.Literal('Ok'),
    distances: Type.Array(Type.Array(Type.Union([Type.Number({ minimum: 0 }), Type.Null()]))),
  }),
)

/**
 * The lengths of ways on roads, by the table service of OSRM. Only pairs of points that are not stored are requested. It throws
 * `Unavailable` when the service does not answer in time or answers anything but a table.
 */
export function roadDistances({ url, timeLimit = seconds(2), now = () => performance.now() }: Settings): RoadDistances {
  const circuit = new Circuit('the road service', { timeLimit })
  const stored = new Map<string, number | null>()
  let emptiedAt = now()

  async function load(block: Block, signal: AbortSignal): Promise<void> {
    const table = await readTable(url, block, signal)
    block.sources.forEach((from, row) =>
      block.destinations.forEach((to, column) => stored.set(pairOf(from, to), table[row]?.[column] ?? null)),
    )
  }

  return async (sources, destinations) => {
    if (now() - emptiedAt > storedFor || stored.size > maxStored) {
      stored.clear()
      emptiedAt = now()
    }
    const missing = blocksOf(sources, destinations, (from, to) => !stored.has(pairOf(from, to)))
    if (missing.length > 0)
      await circuit.run(async (signal) => {
        const semaphore = new Semaphore(maxRequestsAtOnce)
        await Promise.all(missing.map((block) => semaphore.run(() => load(block, signal))))
      })
    return (from, to) => {
      const metres = stored.get(pairOf(from, to)) ?? null
      return metres === null ? null : metres / 1000
    }
  }
}

/** Longitude and latitude to four decimals, eleven metres: the jitter of a position asks for no new way. */
const coordinatesOf = ({ lat, lng }: Point): string => `${lng.toFixed(4)},${lat.toFixed(4)}`
const pairOf = (from: Point, to: Point): string => `${coordinatesOf(from)};${coordinatesOf(to)}`

type Block = Readonly<{ sources: readonly Point[]; destinations: readonly Point[] }>

/** The tables that contain all missing pairs. */
function blocksOf(
  sources: readonly Point[],
  destinations: readonly Point[],
  isMissing: (from: Point, to: Point) => boolean,
): readonly Block[] {
  const from = distinct(sources).filter((source) => destinations.some((to) => isMissing(source, to)))
  const to = distinct(destinations).filter((destination) => from.some((source) => isMissing(source, destination)))
  return sidesOf(from).flatMap((each) => sidesOf(to).map((other) => ({ sources: each, destinations: other })))
}

const distinct = (points: readonly Point[]): readonly Point[] => [
  ...new Map(points.map((point) => [coordinatesOf(point), point])).values(),
]

const sidesOf = (points: readonly Point[]): readonly (readonly Point[])[] =>
  Array.from({ length: Math.ceil(points.length / maxSide) }, (_, side) =>
    points.slice(side * maxSide, (side + 1) * maxSide),
  )

/** Metres, by source and destination; null where no road leads. */
async function readTable(url: string, { sources, destinations }: Block, signal: AbortSignal) {
  const coordinates = [...sources, ...destinations].map(coordinatesOf).join(';')
  const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index).join(';')
  const sides = `sources=${numbers(0, sources.length)}&destinations=${numbers(sources.length, destinations.length)}`
  const body = await answerOf(`${url}/${coordinates}?${sides}&annotations=distance`, signal)
  if (!Table.Check(body)) throw new Unavailable('the road service', { cause: body })
  return body.distances
}

async function answerOf(url: string, signal: AbortSignal): Promise<unknown> {
  try {
    const response = await fetch(url, { signal, redirect: 'error' })
    return await response.json()
  } catch (cause) {
    throw new Unavailable('the road service', { cause })
  }
}
