import type { CatalogApi, HoldOutcome, HoldInput } from '#catalog'
import type { Db } from '#platform/db'
import { transaction } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import { bearer, deliverEvents, testDatabase, testServer } from '#platform/testing'
import type { Caller } from '#platform/http'
import { ordering } from './index.ts'

export const tea = {
  variant_id: '0192f3c4-0000-7000-b000-000000000001',
  product_id: '0192f3c4-0000-7000-b000-000000000002',
  sku: 'TGY-100',
  title: { ru: 'Те Гуань Инь', en: 'Tie Guan Yin' },
  price: 50_000,
  weight_grams: 100,
}

/** What a test sells: tea at 500 roubles, as much as it likes. */
export const wantTea = (quantity = 1) => [{ variant_id: tea.variant_id, quantity }]

/** The ordering module at work, with a catalog and a cart that answer what a test wants. */
export async function openCounter() {
  const { db, close } = await testDatabase()
  let moment = new Date('2026-11-21T09:00:00Z')
  const answers: {
    holding: ((input: HoldInput) => HoldOutcome | Promise<HoldOutcome>) | undefined
    cart: ReturnType<typeof wantTea>
  } = {
    holding: undefined,
    cart: [],
  }
  const held = new Map<string, HoldOutcome>()
  const hold: CatalogApi['hold'] = async (input) => {
    const holding = held.get(input.order_id) ?? (await answers.holding?.(input)) ?? sold(input)
    if (holding.kind === 'held') held.set(input.order_id, holding)
    return holding
  }
  const module = ordering({
    db,
    now: () => moment,
    paymentTimeout: 1_800_000,
    catalog: { hold },
    cart: { linesOf: async () => answers.cart },
  })
  const http = await testServer([module])
  return {
    db,
    module,
    answers,
    pass: (milliseconds: number) => {
      moment = new Date(moment.getTime() + milliseconds)
    },
    now: () => moment,
    ask: async (as: Caller, method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, body?: object) => {
      const answer = await http.inject({
        method,
        url: `/api/v1${url}`,
        headers: { authorization: bearer(as), 'accept-language': 'en' },
        ...(body && { payload: body }),
      })
      return { status: answer.statusCode, body: answer.body ? answer.json() : undefined }
    },
    /** Others tell something, and ordering hears it; returns what it could not hear. */
    subscriptions: async (...events: readonly NewEvent[]) => {
      for (const event of events) await transaction(db, (tx) => publish(tx, [event]))
      return await deliverEvents(db, [module], { collect: true })
    },
    /** The events of a type that ordering told about an order, oldest first. */
    told: async (order_id: string, type: string) => await toldBy(db, order_id, type),
    close: async () => {
      await http.close()
      await close()
    },
  }
}

export type Counter = Awaited<ReturnType<typeof openCounter>>

function sold({ wants, expected_total }: HoldInput): HoldOutcome {
  const lines = wants.map(({ quantity }) => ({ ...tea, quantity }))
  const total_amount = lines.reduce((sum, line) => sum + line.price * line.quantity, 0)
  if (expected_total !== undefined && expected_total !== total_amount) {
    return { kind: 'refused', reason: 'price-changed', total_amount, currency: 'RUB' }
  }
  return { kind: 'held', lines, total_amount, currency: 'RUB' }
}

const toldBy = async (db: Db, order_id: string, type: string) =>
  await db
    .selectFrom('platform.event')
    .select(['event_id', 'data'])
    .where('partition_key', '=', order_id)
    .where('type', '=', type)
    .orderBy('id')
    .execute()
