import { sql } from 'kysely'
import { Type } from 'typebox'
import { transaction, type Db } from '#platform/db'
import { defineEvent, subscribe } from '#platform/events'
import type { Module } from '#platform/module'
import { currentContext } from '#platform/telemetry'
import {
  answer,
  notFound,
  userOf,
  problemsOf,
  refuse,
  storeResponseAs,
  sendCached,
  streamEvents,
  type Routes,
} from './index.ts'
import { pageOf, windowOf, type Refused, type StoreResponse } from '#platform/outcome'
import { Page, PageQuery } from '#platform/schema'

/** A shop with one shelf, for the tests beside this file. */
export const teaShop = (db: Db): Module => ({
  name: 'stall',
  description: 'Tea by weight',
  api: {},
  routes: [sellRoute(db), listRoute, showRoute, adminRoutes, echoRoute],
  publishes: [teaSold],
  subscriptions: [subscribe(teaPaid, async () => {})],
})

export const createTeaShop = (db: Db) =>
  sql`create table sales (id bigint generated always as identity, grams int)`.execute(db)

export const soldOf = async (db: Db): Promise<number> =>
  Number((await sql<{ count: number }>`select count(*) as count from sales`.execute(db)).rows[0]?.count)

const teaSold = defineEvent('stall.tea-sold.v1', {
  payload: Type.Object({ sale_id: Type.String(), grams: Type.Integer() }),
  key: 'sale_id',
  description: 'A bag of tea went over the counter',
  alias: 'tea.sold',
})
const teaPaid = defineEvent('payments.tea-paid.v1', {
  payload: Type.Object({ sale_id: Type.String() }),
  key: 'sale_id',
  description: 'The money is there',
})

type Sold = Readonly<{ kind: 'sold'; id: number; grams: number; at: string }>
type Sale = Sold | (Refused<'sold-out' | 'too-much'> & { left?: number })

async function sell(db: Db, grams: number, storeResponse: StoreResponse<Sold>): Promise<Sale> {
  if (grams === 404) return { kind: 'refused', reason: 'sold-out', left: 3 }
  // As of a client's id that comes again: it was sold before, and nothing is remembered anew.
  if (grams === 777) return { kind: 'sold', id: 1, grams, at: 'before' }
  return await transaction(db, async (tx) => {
    const { rows } = await sql<{ id: number }>`insert into sales (grams) values (${grams}) returning id`.execute(tx)
    if (grams === 500) throw new Error('the scales are broken: secret 42')
    await sql`select pg_sleep(0.05)`.execute(tx)
    // A moment in the answer shows that a repeat is not made anew.
    const sold: Sold = { kind: 'sold', id: rows[0]?.id ?? 0, grams, at: new Date().toISOString() }
    await storeResponse(tx, sold)
    return sold
  })
}

const answers = {
  'sold-out': answer(409, 'All sold', 'Всё продано'),
  'too-much': answer(409, 'That is too much', 'Столько не унести'),
}
const Grams = Type.Integer({ minimum: 1, maximum: 1000 })

const sellRoute =
  (db: Db): Routes =>
  (http) => {
    const schema = {
      tags: ['stall'],
      summary: 'Sells tea',
      headers: Type.Object({ 'x-basket': Type.Optional(Type.String({ maxLength: 100 })) }),
      body: Type.Object(
        {
          grams: Grams,
          sort: Type.Optional(Type.Union([Type.Literal('green'), Type.Literal('black')])),
          note: Type.Optional(Type.String({ maxLength: 100 })),
          more: Type.Optional(
            Type.Array(Type.Object({ grams: Grams }, { additionalProperties: false }), { maxItems: 3 }),
          ),
        },
        { additionalProperties: false },
      ),
      response: {
        201: Type.Object({ id: Type.Integer(), grams: Type.Integer(), at: Type.String() }),
        ...problemsOf(answers),
      },
    }
    const handlers = { customer: '/teas', anyone: '/guest-teas' } as const
    for (const access of ['customer', 'anyone'] as const) {
      http.post(handlers[access], { schema, config: { access, idempotent: true } }, async (request, reply) => {
        const sale = await sell(
          db,
          request.body.grams,
          storeResponseAs(reply, 201, (sold) => sold),
        )
        if (sale.kind === 'refused') return refuse(reply, sale, answers)
        // The remembered bytes win over what the handler says.
        return reply.code(201).send({ ...sale, at: 'later' })
      })
    }
  }

const Tea = Type.Object({ id: Type.Integer() })

const listRoute: Routes = (http) => {
  const querystring = Type.Object({
    ...PageQuery,
    tag: Type.Optional(Type.Array(Type.String({ maxLength: 10 }), { maxItems: 3 })),
  })
  const schema = { tags: ['stall'], querystring, response: { 200: Page(Tea) } }
  http.get('/teas', { schema, config: { access: 'anyone' } }, (request) => {
    const window = windowOf(request.query)
    const from = window.cursor ? Number(window.cursor[0]) : window.offset
    const items = Array.from({ length: 250 }, (_, index) => ({ id: index + 1 })).slice(from, from + window.limit + 1)
    return pageOf({ items, total: 250, window, cursorOf: ({ id }) => [id] })
  })
}

const showRoute: Routes = (http) => {
  const schema = { params: Type.Object({ id: Type.Integer({ minimum: 0 }) }), response: { 200: Tea } }
  http.get('/teas/:id', { schema, config: { access: 'anyone' } }, (request, reply) => {
    const { id } = request.params
    if (id === 404) throw notFound('tea')
    if (id === 500) throw new Error('postgres://user:secret@host broke')
    if (id === 503) throw Object.assign(new Error('terminating connection'), { code: '57P01' })
    if (id === 504) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    return sendCached(request, reply, { body: `{"id":${id}}`, etag: `"tea-${id}"` })
  })
}

const adminRoutes: Routes = (http) => {
  const response = { 200: Type.Object({ user_id: Type.String() }) }
  http.get('/mine', { schema: { response }, config: { access: 'customer' } }, (request) => ({
    user_id: userOf(request.caller).user_id,
  }))
  http.get('/admin/till', { config: { access: { permission: 'stall.count' } } }, () => ({ cash: 5 }))
  http.get('/internal/till', { config: { access: 'internal' } }, () => ({ cash: 5 }))
}

const echoRoute: Routes = (http) => {
  http.get('/trail', { config: { access: 'anyone' } }, async (request) => {
    await new Promise((resolve) => setImmediate(resolve))
    return { ...currentContext(), locale: request.locale, caller: request.caller.kind }
  })
  const body = Type.Object({ note: Type.String({ maxLength: 10 }) }, { additionalProperties: false })
  http.post('/trail', { schema: { body }, config: { access: 'anyone' } }, async (request) => {
    await new Promise((resolve) => setImmediate(resolve))
    return { ...currentContext(), caller: request.caller.kind }
  })
  http.post('/refresh', { config: { access: 'anyone', ignoresToken: true } }, (request) => ({
    caller: request.caller.kind,
  }))
  const open = { body: Type.Object({}), config: { access: 'anyone', tolerant: true } } as const
  http.post('/hooks', { schema: { body: open.body }, config: open.config }, (request) => request.body)
  http.get('/news', { config: { access: 'anyone' } }, (request, reply) => {
    const after = async (id: number) => (id < 2 ? [{ id: id + 1, event: 'brewed', data: { cups: id + 1 } }] : [])
    return streamEvents(request, reply, { after, isLast: ({ id }) => id === 2 })
  })
  http.get('/endless-news', { config: { access: 'anyone' } }, (request, reply) =>
    streamEvents(request, reply, { after: async () => [], isLast: () => false }),
  )
  http.get('/slow', { config: { access: 'anyone' } }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    return { at: 'last' }
  })
}
