import { mayServe, type FleetProblem, type PlannedCourier } from './fleet-problem.ts'
import { insert, scoreOf, type FleetPlan } from './plan-fleet.ts'

/** Why an order is with its courier: the travel that it adds for each courier, or why that courier cannot take it. */
export type AssignmentReason = Readonly<{
  order_id: string
  courier_id: string
  options: readonly Option[]
}>

type Option = Readonly<{ courier_id: string; name: string }> &
  (
    | Readonly<{ kind: 'possible'; added_seconds: number; late_seconds: number }>
    | Readonly<{ kind: 'impossible'; reason: 'excluded' | 'too-large' | 'shift-ends' }>
  )

/** Compares the couriers for one order of a plan, the chosen one first, then from the best to the worst. */
export function explain(fleet: FleetProblem, plan: FleetPlan, order_id: string): AssignmentReason | undefined {
  const chosen = plan.routes.find(({ stops }) => stops.some((stop) => stop.order_id === order_id))
  if (!chosen) return undefined
  const options = fleet.couriers.map((courier) => optionOf(fleet, plan, { order_id, courier }))
  const rank = (option: Option) =>
    option.courier_id === chosen.courier_id
      ? -1
      : option.kind === 'possible'
        ? option.late_seconds * 1e6 + option.added_seconds
        : Infinity
  const sorted = options.toSorted((one, other) => (rank(one) === rank(other) ? 0 : rank(one) - rank(other)))
  return { order_id, courier_id: chosen.courier_id, options: sorted }
}

type Asked = Readonly<{ order_id: string; courier: PlannedCourier }>

function optionOf(fleet: FleetProblem, plan: FleetPlan, { order_id, courier }: Asked): Option {
  const { courier_id, name } = courier
  const order = fleet.orders.find((one) => one.order_id === order_id)!
  if (!mayServe(order, courier)) return { courier_id, name, kind: 'impossible', reason: 'excluded' }
  if (order.volume > courier.max_volume || order.weight_grams > courier.max_weight_grams)
    return { courier_id, name, kind: 'impossible', reason: 'too-large' }
  const only = { ...fleet, couriers: [courier] }
  const own = plan.routes.filter((route) => route.courier_id === courier_id)
  const mine = new Set([order_id, ...own.flatMap(({ stops }) => stops.map((stop) => stop.order_id))])
  const single = { ...only, orders: fleet.orders.filter((one) => mine.has(one.order_id)) }
  const { plan: after, inserted } = insert(single, { routes: own, unserved: [] }, order_id)
  if (!inserted) return { courier_id, name, kind: 'impossible', reason: 'shift-ends' }
  return {
    courier_id,
    name,
    kind: 'possible',
    added_seconds: inserted.added_seconds,
    late_seconds: scoreOf(after).late,
  }
}

const impossible = {
  excluded: { en: 'declined, or not allowed', ru: 'отказ или нет допуска' },
  'too-large': { en: 'it does not fit the bag', ru: 'не помещается в сумку' },
  'shift-ends': { en: 'the shift ends before', ru: 'смена заканчивается раньше' },
} as const satisfies Record<Extract<Option, { kind: 'impossible' }>['reason'], Record<Language, string>>

type Language = 'en' | 'ru'

/** The reason in words: the chosen courier and at most two others. */
export function reasonText({ options }: AssignmentReason, language: Language): string {
  return options
    .slice(0, 3)
    .map((option) => `${option.name}: ${optionText(option, language)}`)
    .join('. ')
}

function optionText(option: Option, language: Language): string {
  if (option.kind === 'impossible') return impossible[option.reason][language]
  const minutes = Math.ceil(option.added_seconds / 60)
  const late = Math.ceil(option.late_seconds / 60)
  const travel = language === 'en' ? `+${minutes} min of travel` : `+${minutes} мин пути`
  if (late === 0) return travel
  return language === 'en' ? `${travel}, ${late} min late` : `${travel}, опоздание ${late} мин`
}
