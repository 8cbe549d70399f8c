import { setImmediate } from 'node:timers/promises'
import { transaction } from '#platform/db'
import { after, newId, type Clock } from '#platform/values'
import {
  carryOver,
  explain,
  replaceIfBetter,
  type FleetPlan,
  type FleetProblem,
  type Planner,
} from '../../planner/index.ts'
import { crashPoint } from '../../crash-points.ts'
import { assignmentOf } from '../assignment.ts'
import { dueOffers, type DueOffer } from '../due-offers.ts'
import { offer } from '../parcel.ts'
import { placesOf, problemOf, secondsOf, startsOf, type Facts } from '../planning.ts'
import type { Point } from '../point.ts'
import type { Assignment } from '../schema.ts'
import { saveParcel, type FleetDb } from '../store.ts'
import type { TravelTimes } from '../travel-times.ts'
import { expireOffers } from './expire-offers.ts'
import { holdLease, readFacts, releaseLease, saveRoutes, takeLease, lockOffered } from './store.ts'

/** `busy`: another process plans. `idle`: no parcel is open. `open`: the parcels in the plan. */
type PlanRoutesOutcome =
  | Readonly<{ kind: 'busy' | 'idle' | 'lost' }>
  | Readonly<{ kind: 'planned'; offered: number; open: number; replaced: boolean }>
export type PlanRoutes = (signal?: AbortSignal) => Promise<PlanRoutesOutcome>

export type PlanNeeds = Readonly<{
  db: FleetDb
  now: Clock
  /** Milliseconds in which a courier may answer. */
  offerTime: number
  /** Where the shop hands its parcels over. */
  depot: Point | null
  travelTimes: TravelTimes
  planner: Planner
}>

/**
 * Plans the routes of all couriers, and offers the parcels of their next trips. One process at a time plans (a lease in the
 * database). A new parcel is inserted into the routes at once; then a search in a thread improves them. The search holds no
 * transaction. Its result is applied to the parcels that are still as they were read.
 */
export const planRoutes =
  (needs: PlanNeeds): PlanRoutes =>
  async (signal) => {
    const { db, now } = needs
    const lease = newId()
    await expireOffers(db, now())
    const taken = await takeLease(db, lease)
    if (taken !== 'taken') return { kind: taken }
    try {
      return await planWith(needs, lease, signal)
    } finally {
      await releaseLease(db, lease)
    }
  }

async function planWith(needs: PlanNeeds, lease: string, signal: AbortSignal | undefined): Promise<PlanRoutesOutcome> {
  const { db, now, depot, travelTimes } = needs
  const at = now()
  const { current, ...read } = await readFacts(db, at)
  const facts: Facts = { ...read, depot, now: at }
  const places = placesOf(facts)
  const problem = problemOf(facts, await travelTimes(places, startsOf(facts, places)), current)
  const inserted = carryOver(problem, current)
  if (hasNewParcel(current, inserted)) {
    const outcome = await applyPlan(needs, { lease, facts, plan: inserted, offers: [] })
    if (outcome.kind === 'lost') return outcome
  }
  const plan = await improve(needs, { problem, inserted, signal, seed: secondsOf(facts.now) })
  const offers = await explained({ problem, plan, facts })
  const outcome = await applyPlan(needs, { lease, facts, plan, offers })
  if (outcome.kind === 'lost') return outcome
  return { ...outcome, open: facts.parcels.length, replaced: plan !== inserted }
}

const parcelsOf = ({ routes }: FleetPlan) => routes.flatMap(({ stops }) => stops.map(({ order_id }) => order_id))

/** True when a parcel has a route for the first time: its customer is shown the time at once. */
const hasNewParcel = (current: FleetPlan, inserted: FleetPlan) => {
  const planned = new Set(parcelsOf(current))
  return parcelsOf(inserted).some((id) => !planned.has(id))
}

/** The insertion is the best plan of two parcels in most cases; more are worth a search. */
const leastSearched = 3

type ImproveNeeds = Readonly<{
  problem: FleetProblem
  inserted: FleetPlan
  seed: number
  signal: AbortSignal | undefined
}>

async function improve({ planner }: PlanNeeds, { problem, inserted, seed, signal }: ImproveNeeds): Promise<FleetPlan> {
  if (problem.couriers.length === 0 || problem.orders.length < leastSearched) return inserted
  const { plan, finished } = await planner.plan({
    fleet: problem,
    seed,
    current: inserted,
    ...(signal && { signal }),
  })
  return finished ? replaceIfBetter(problem, inserted, plan) : inserted
}

type ExplainedOffer = DueOffer & Readonly<{ assignment: Assignment }>
type ExplainNeeds = Readonly<{ problem: FleetProblem; plan: FleetPlan; facts: Facts }>

/** Each reason compares all couriers. Requests are answered between two of them. */
async function explained({ problem, plan, facts }: ExplainNeeds): Promise<readonly ExplainedOffer[]> {
  const offers: ExplainedOffer[] = []
  for (const due of dueOffers(plan, facts)) {
    const reason = explain(problem, plan, due.parcel_id)
    offers.push({ ...due, assignment: assignmentOf({ reason, delivered_at: due.delivered_at, now: facts.now }) })
    await setImmediate()
  }
  return offers
}

type ApplyNeeds = Readonly<{ lease: string; facts: Facts; plan: FleetPlan; offers: readonly ExplainedOffer[] }>

/** Saves the routes and makes the offers in one transaction. Without the lease, nothing: another process has planned since. */
async function applyPlan({ db, offerTime }: PlanNeeds, { lease, facts, plan, offers }: ApplyNeeds) {
  return await transaction(db, async (tx): Promise<{ kind: 'lost' } | { kind: 'planned'; offered: number }> => {
    if (!(await holdLease(tx, lease))) return { kind: 'lost' }
    const locked = await lockOffered(tx, offers)
    await saveRoutes(tx, plan, facts.now)
    const versions = new Map(facts.parcels.map(({ id, version }) => [id, version]))
    const expires_at = after(facts.now, offerTime)
    let offered = 0
    for (const { parcel_id, courier_id, assignment } of offers) {
      const parcel = locked.get(parcel_id)
      if (parcel?.version !== versions.get(parcel_id) || !parcel) continue
      const decision = offer(parcel, { courier_id, expires_at, assignment })
      if (decision.kind !== 'changed') continue
      await saveParcel(tx, parcel, { ...decision, at: facts.now })
      offered++
    }
    if (offered > 0) crashPoint('planned.before-commit')
    return { kind: 'planned', offered }
  })
}
