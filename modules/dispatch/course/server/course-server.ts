import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyError, type FastifyReply } from 'fastify'
import { isRefusal, storeNothing, windowOf, type NotFound, type Refused } from '#platform/outcome'
import type { Log } from '#platform/telemetry'
import { newId } from '#platform/values'
import type { Contract } from '../../contract.ts'
import type { CompleteOrder } from '../complete-order/complete-order.ts'
import type { CreateCourier } from '../create-courier/create-courier.ts'
import type { CreateOrder } from '../create-order/create-order.ts'
import type { ListActiveOrders } from '../list-active-orders/query.ts'
import type { ListCouriers } from '../list-couriers/query.ts'
import type { ReportMove } from '../report-move/report-move.ts'
import * as shapes from './course-shapes.ts'

export type CourseApiNeeds = Readonly<{
  contract: Contract
  createOrder: CreateOrder
  createCourier: CreateCourier
  listCouriers: ListCouriers
  listActiveOrders: ListActiveOrders
  reportMove: ReportMove
  completeOrder: CompleteOrder
}>

/** The front end of the course. */
const courseOrigin = 'http://localhost:8086'

/** The order that the bodiless request of the course creates. */
const exampleOrder = { address: 'Несуществующая', volume: 5 }

/** The refusals of a wrong input; all others are conflicts with a rule. */
const malformed = new Set([
  'name-missing',
  'speed-invalid',
  'volume-invalid',
  'location-out-of-range',
  'address-missing',
])

const statusOf = (outcome: Refused | NotFound): 400 | 404 | 409 => {
  if (outcome.kind === 'not-found') return 404
  return malformed.has(outcome.reason) ? 400 : 409
}

function refuseAsCourse(reply: FastifyReply, outcome: Refused | NotFound): never {
  const code = statusOf(outcome)
  const message = outcome.kind === 'not-found' ? `${outcome.what} not found` : outcome.reason
  return reply.code(code).send({ code, message }) as never
}

/** The HTTP server with the paths, the names and the error body of the Delivery course. It knows no sign-in. */
export async function courseServer({ log, ...needs }: CourseApiNeeds & Readonly<{ log: Log }>) {
  const server = openServer()
  await server.register(cors, { origin: courseOrigin })
  await server.register(swagger, {
    openapi: shapes.document,
    refResolver: { buildLocalReference: ({ $id }) => $id as string },
  })
  for (const component of shapes.components) server.addSchema(component)
  await server.register(swaggerUi, { routePrefix: '/docs' })
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    const code = error.statusCode ?? 500
    if (code >= 500) log.error({ err: error }, 'the course API failed')
    return reply.code(code).send({ code, message: code >= 500 ? 'internal.server.error' : error.message })
  })
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ code: 404, message: 'not found' }))
  await server.register(async () => addRoutes(server, needs))
  return server
}

function openServer() {
  const server = fastify({
    bodyLimit: 65_536,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  })
  const parseJson = server.getDefaultJsonParser('error', 'error')
  // Generated clients send the type of a body also with the requests that have none.
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, undefined) : parseJson(request, body as string, done),
  )
  return server.withTypeProvider<TypeBoxTypeProvider>()
}
type CourseHttp = ReturnType<typeof openServer>

function addRoutes(http: CourseHttp, needs: CourseApiNeeds): void {
  http.get('/health', { schema: { hide: true } }, (_request, reply) => reply.type('text/plain').send('Healthy'))
  http.get('/openapi.json', { schema: { hide: true } }, () => http.swagger())
  addReads(http, needs)
  addWrites(http, needs)
  addCourierReports(http, needs)
}

/** The course knows no pages: this many rows are one list. */
const longestList = 1000

function addReads(http: CourseHttp, { listActiveOrders, listCouriers }: CourseApiNeeds): void {
  const window = windowOf({ page_size: longestList })
  http.get('/api/v1/orders/active', { schema: shapes.getOrders }, async () => {
    const { items } = await listActiveOrders(window)
    return items.map(({ id, location_x: x, location_y: y }) => ({ id, location: { x, y } }))
  })
  http.get('/api/v1/couriers', { schema: shapes.getCouriers }, async () => {
    const { items } = await listCouriers(window)
    return items.map(({ id, name, location }) => ({ id, name, location }))
  })
}

function addWrites(http: CourseHttp, { contract, createOrder, createCourier }: CourseApiNeeds): void {
  http.post('/api/v1/orders', { schema: shapes.createOrder }, async (_request, reply) => {
    const outcome = await createOrder({ id: newId(), ...exampleOrder }, storeNothing)
    if (isRefusal(outcome)) return refuseAsCourse(reply, outcome)
    return reply.code(201).send({ orderId: outcome.order.id })
  })
  http.post('/api/v1/couriers', { schema: shapes.createCourier }, async ({ body }, reply) => {
    // The couriers of generation D have a name only, and report their cells.
    const speed = body.speed ?? (contract === 'd' ? 1 : 0)
    const outcome = await createCourier({ id: newId(), name: body.name, speed }, storeNothing)
    if (isRefusal(outcome)) return refuseAsCourse(reply, outcome)
    return reply.code(201).send({ courierId: outcome.courier.id })
  })
}

function addCourierReports(http: CourseHttp, { reportMove, completeOrder }: CourseApiNeeds): void {
  http.post('/api/v1/couriers/:courierId/move', { schema: shapes.moveCourier }, async ({ params, body }, reply) => {
    const outcome = await reportMove({ courier_id: params.courierId, ...body })
    if (isRefusal(outcome)) return refuseAsCourse(reply, outcome)
    return reply.code(200).send({})
  })
  const schema = shapes.completeOrder
  http.post('/api/v1/couriers/:courierId/orders/:orderId/complete', { schema }, async ({ params }, reply) => {
    const outcome = await completeOrder({ courier_id: params.courierId, order_id: params.orderId })
    if (isRefusal(outcome)) return refuseAsCourse(reply, outcome)
    return reply.code(200).send({})
  })
}
