import { sql } from 'kysely'
import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { transaction, type Db } from '#platform/db'
import { defineEvent, subscribe } from '#platform/events'
import type { Module } from '#platform/module'
import { notFound, pageOf, windowOf, type Refused, type StoreResponse } from '#platform/outcome'
import { Closed, Id, named, NoBody, Page, PageQuery, Text } from '#platform/schema'
import { currentContext } from '#platform/telemetry'
import {
  answer,
  operationIdOf,
  problemsOf,
  refuse,
  sendCached,
  storeResponseAs,
  streamEvents,
  type Routes,
} from './index.ts'

/** A point in the program at which a test holds it. */
export type Gate = Readonly<{
  /** Resolves when the program has come to the gate. */
  reached: Promise<void>
  open: () => void
  pass: () => Promise<void>
}>

export function openGate(): Gate {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const pass = async () => {
    reached.resolve()
    await opened.promise
  }
  return { reached: reached.promise, open: opened.resolve, pass }
}

type Options = Readonly<{
  /** Called in the transaction of a sale, before its commit. */
  beforeCommit?: () => Promise<void>
  /** Called before `/slow` answers. */
  beforeAnswer?: () => Promise<void>
}>

/** A module that sells tea, for the tests of the HTTP server. */
export const teaShop = (db: Db, { beforeCommit = async () => {}, beforeAnswer = async () => {} }: Options = {}) =>
  ({
    name: 'tea',
    description: 'Tea by weight',
    api: {},
    routes: [sellRoute(db, beforeCommit), listRoute, showRoute, accessRoutes, echoRoutes, streamRoutes(beforeAnswer)],
    publishes: [teaSold],
    subscriptions: [subscribe(teaPaid, async () => {})],
  }) satisfies Module

export const createTeaShop = (db: Db) =>
  sql`create table sales (id bigint generated always as identity, grams int)`.execute(db)

export const countSales = async (db: Db): Promise<number> =>
  Number((await sql<{ count: number }>`select count(*) as count from sales`.execute(db)).rows[0]?.count)

const teaSold = defineEvent('tea.tea-sold.v1', {
  payload: Type.Object({ sale_id: Type.String(), grams: Type.Integer() }),
  key: 'sale_id',
  description: 'Tea was sold',
  alias: 'tea.sold',
})
const teaPaid = defineEvent('payments.tea-paid.v1', {
  payload: Type.Object({ sale_id: Type.String() }),
  key: 'sale_id',
  description: 'Tea was paid for',
})

type Sold = Readonly<{ kind: 'sold'; id: number; grams: number; at: string }>
type SellTeaOutcome = Sold | (Refused<'sold-out' | 'too-much'> & { left?: number })

type Sale = Readonly<{ grams: number; storeResponse: StoreResponse<Sold>; beforeCommit: () => Promise<void> }>

async function sellTea(db: Db, { grams, storeResponse, beforeCommit }: Sale): Promise<SellTeaOutcome> {
  if (grams === 404) return { kind: 'refused', reason: 'sold-out', left: 3 }
  // The answer of `too-much` declares no members.
  if (grams === 405) return { kind: 'refused', reason: 'too-much', left: 3 }
  // A client's own id came again: the tea was sold before, and no response is stored.
  if (grams === 777) return { kind: 'sold', id: 1, grams, at: 'before' }
  return await transaction(db, async (tx) => {
    const { rows } = await sql<{ id: number }>`insert into sales (grams) values (${grams}) returning id`.execute(tx)
    if (grams === 500) throw new Error('the scales are broken: secret 42')
    await beforeCommit()
    // The time in the response shows that a repeat gets the stored response and no new one.
    const sold: Sold = { kind: 'sold', id: rows[0]?.id ?? 0, grams, at: new Date().toISOString() }
    await storeResponse(tx, sold)
    return sold
  })
}

const answers = {
  'sold-out': { ...answer(409, 'All sold', 'Всё продано'), members: { left: Type.Integer() } },
  'too-much': answer(409, 'That is too much', 'Столько не унести'),
}
const Grams = Type.Integer({ minimum: 1, maximum: 1000 })

const sellSchema = {
  tags: ['tea'],
  summary: 'Sells tea',
  headers: Type.Object({ 'x-basket': Type.Optional(Text(100)) }),
  body: Closed({
    grams: Grams,
    sort: Type.Optional(Type.Union([Type.Literal('green'), Type.Literal('black')])),
    note: Type.Optional(Text(100)),
    more: Type.Optional(Type.Array(Closed({ grams: Grams }), { maxItems: 3 })),
    harvest_id: Type.Optional(Id),
  }),
  response: {
    201: Type.Object({ id: Type.Integer(), grams: Type.Integer(), at: Type.String() }),
    ...problemsOf(answers),
  },
}

const sellRoute =
  (db: Db, beforeCommit: () => Promise<void>): Routes =>
  (http) => {
    for (const [access, path] of [['user', '/teas'] as const, ['anyone', '/guest-teas'] as const]) {
      http.post(path, { schema: sellSchema, config: { access, idempotent: true } }, async (request, reply) => {
        void reply.header('x-operation-id', operationIdOf(request))
        const storeResponse = storeResponseAs<Sold>(reply, 201, (sold) => sold)
        const outcome = await sellTea(db, { grams: request.body.grams, storeResponse, beforeCommit })
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        // The stored bytes are sent, and not these.
        return reply.code(201).send({ ...outcome, at: 'later' })
      })
    }
  }

export const TeaView = named('Tea', Type.Object({ id: Type.Integer() }))

const listRoute: Routes = (http) => {
  const querystring = Type.Object({
    ...PageQuery,
    tag: Type.Optional(Type.Array(Text(10), { maxItems: 3 })),
    harvest_id: Type.Optional(Id),
  })
  const schema = { tags: ['tea'], querystring, response: { 200: Page(TeaView) } }
  http.get('/teas', { schema, config: { access: 'anyone' } }, (request) => {
    const window = windowOf(request.query)
    const from = window.cursor ? Number(window.cursor[0]) : window.offset
    const items = Array.from({ length: 250 }, (_, index) => ({ id: index + 1 })).slice(from, from + window.limit + 1)
    return pageOf({ items, total: 250, window, cursorOf: ({ id }) => [id] })
  })
}

const showRoute: Routes = (http) => {
  const schema = { params: Type.Object({ id: Type.Integer({ minimum: 0 }) }), response: { 200: TeaView } }
  http.get('/teas/:id', { schema, config: { access: 'anyone' } }, (request, reply) => {
    const { id } = request.params
    if (id === 404) return refuse(reply, notFound('tea'))
    if (id === 500) throw new Error('postgres://user:secret@host broke')
    if (id === 503) throw Object.assign(new Error('terminating connection'), { code: '57P01' })
    if (id === 504) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    return sendCached(request, reply, { body: `{"id":${id}}`, etag: `"tea-${id}"` })
  })
}

const accessRoutes: Routes = (http) => {
  const response = { 200: Type.Object({ user_id: Type.String() }) }
  http.get('/mine', { schema: { response }, config: { access: 'user' } }, (request) => ({
    user_id: userOf(request.caller).user_id,
  }))
  http.get('/admin/till', { config: { access: { permission: 'tea.count' } } }, () => ({ cash: 5 }))
  http.get('/internal/till', { config: { access: 'machine' } }, () => ({ cash: 5 }))
}

const echoRoutes: Routes = (http) => {
  const repeat = 'Answers the same.'
  http.get('/context', { config: { access: 'anyone' } }, async (request) => {
    await new Promise((resolve) => setImmediate(resolve))
    return { ...currentContext(), locale: request.locale, caller: request.caller.kind }
  })
  const body = Closed({ note: Text(10) })
  http.post('/context', { schema: { body }, config: { access: 'anyone', repeat } }, async (request) => {
    await new Promise((resolve) => setImmediate(resolve))
    return { ...currentContext(), caller: request.caller.kind }
  })
  const refresh = { access: 'anyone', ignoresToken: true, repeat } as const
  http.post('/refresh', { schema: { body: NoBody }, config: refresh }, (request) => ({
    caller: request.caller.kind,
  }))
  const refusals = { access: 'anyone', countsRefusals: true, repeat } as const
  http.post('/checks', { schema: { body }, config: refusals }, () => ({}))
  const tolerant = { schema: { body: Type.Object({}) }, config: { access: 'anyone', tolerant: true, repeat } } as const
  http.post('/hooks', tolerant, (request) => request.body)
}

const streamRoutes =
  (beforeAnswer: () => Promise<void>): Routes =>
  (http) => {
    http.get('/cups', { config: { access: 'anyone' } }, (request, reply) =>
      streamEvents(request, reply, async (after) => {
        const events = after < 2 ? [{ id: after + 1, event: 'brewed', data: { cups: after + 1 } }] : []
        return { kind: 'found', events, isOver: after >= 1 }
      }),
    )
    http.get('/endless-cups', { config: { access: 'anyone' } }, (request, reply) =>
      streamEvents(request, reply, async () => ({ kind: 'found', events: [], isOver: false })),
    )
    http.get('/slow', { config: { access: 'anyone' } }, async () => {
      await beforeAnswer()
      return { at: 'last' }
    })
  }
