import { forbidden, minimumAssignment } from '../minimum-assignment.ts'

/** A point on the earth, in degrees. */
export type Point = Readonly<{ lat: number; lng: number }>

/** Kilometres between two points. Grid, haversine and an external matrix of roads fit this type. */
export type Metric = (from: Point, to: Point) => number

const radians = (degrees: number) => (degrees * Math.PI) / 180
const earthRadius = 6371
/** Streets are longer than the line of sight. */
const detour = 1.3

/** The length of the great circle, times 1.3 for the streets. */
export const haversine: Metric = (from, to) => {
  const [lat, lng] = [radians(to.lat - from.lat), radians(to.lng - from.lng)]
  const chord =
    Math.sin(lat / 2) ** 2 + Math.cos(radians(from.lat)) * Math.cos(radians(to.lat)) * Math.sin(lng / 2) ** 2
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(chord))) * detour
}

/** A courier on duty. */
export type Candidate = Readonly<{
  id: string
  name: string
  speed_kmh: number
  capacity_grams: number
  most_parcels: number
  position: Point | null
  /** The parcels that he has or that are offered to him. */
  carries: readonly Readonly<{ weight_grams: number; point: Point | null }>[]
}>

/** A parcel that waits for a courier. */
export type WaitingParcel = Readonly<{
  id: string
  weight_grams: number
  point: Point | null
  declined_by: readonly string[]
}>

export type Choice = Readonly<{ parcel_id: string; courier_id: string; reason: string }>

/** The way that is assumed between two stops when a point is not known. */
const unknownWay = 3
const handOverMinutes = 3

/** Minutes until the courier would be at the door: after all stops that he has. */
function minutesTo(candidate: Candidate, parcel: WaitingParcel, metric: Metric): number {
  const stops = [...candidate.carries.map(({ point }) => point), parcel.point]
  let at = candidate.position
  let way = 0
  for (const stop of stops) {
    way += at && stop ? metric(at, stop) : unknownWay
    at = stop ?? at
  }
  return (way / candidate.speed_kmh) * 60 + candidate.carries.length * handOverMinutes
}

const hasRoom = ({ capacity_grams, most_parcels, carries }: Candidate, { weight_grams }: WaitingParcel): boolean =>
  carries.length < most_parcels &&
  carries.reduce((sum, each) => sum + each.weight_grams, weight_grams) <= capacity_grams

/** Minutes that a parcel counts more for each place that it is ahead in the queue. */
const weightOfAge = 0.5

/**
 * Chooses couriers for waiting parcels, the oldest first in the list: as many parcels as there is room for, with the least
 * total time, in rounds of one parcel per courier. The reason names the time and the best other courier.
 */
export function chooseCouriers(
  parcels: readonly WaitingParcel[],
  couriers: readonly Candidate[],
  metric: Metric = haversine,
): readonly Choice[] {
  const choices: Choice[] = []
  let [left, candidates] = [parcels, couriers.toSorted((one, other) => (one.id < other.id ? -1 : 1))]
  while (left.length > 0 && candidates.length > 0) {
    const times = left.map((parcel) =>
      candidates.map((candidate) =>
        hasRoom(candidate, parcel) && !parcel.declined_by.includes(candidate.id)
          ? minutesTo(candidate, parcel, metric)
          : forbidden,
      ),
    )
    const costs = times.map((row, age) => row.map((time) => time + weightOfAge * age))
    const chosen = minimumAssignment(costs)
    if (chosen.every((column) => column === undefined)) break
    for (const [i, column] of chosen.entries()) {
      const [parcel, candidate] = [left[i], column === undefined ? undefined : candidates[column]]
      if (!parcel || !candidate) continue
      choices.push({ parcel_id: parcel.id, courier_id: candidate.id, reason: reasonOf(times[i]!, column!, candidates) })
    }
    const loads = new Map(chosen.flatMap((column, i) => (column === undefined ? [] : [[column, left[i]!] as const])))
    candidates = candidates.map((candidate, column) => {
      const added = loads.get(column)
      return added ? { ...candidate, carries: [...candidate.carries, added] } : candidate
    })
    left = left.filter((_, i) => chosen[i] === undefined)
  }
  return choices
}

function reasonOf(times: readonly number[], chosen: number, candidates: readonly Candidate[]): string {
  const time = times[chosen]!
  const others = times.flatMap((each, i) =>
    i === chosen || each === forbidden ? [] : [{ each, name: candidates[i]!.name }],
  )
  const best = others.toSorted((one, other) => one.each - other.each)[0]
  const arrival = `arrives in ${Math.round(time)} min`
  if (!best) return `${arrival}; no other courier on duty has room`
  const difference = Math.round(best.each - time)
  return difference >= 0
    ? `${arrival}; ${difference} min before ${best.name}`
    : `${arrival}; ${best.name} is ${-difference} min nearer and takes another parcel`
}
