import { Type, type Static, type TSchema } from 'typebox'

/** The document of the contract of the course. */
export const document = { openapi: '3.0.0', info: { title: 'Swagger Delivery', version: '1.0.0' } }

/** A UUID of any version, as a pattern: the formats of this server are those of the contract. */
const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', maxLength: 36 })

const GeneratedId = Type.String({ format: 'uuid' })
const coordinate = Type.Integer({ minimum: 0 })

/** The components of the document, in the order in which they refer to each other. */
export const components: (TSchema & { $id: string })[] = []

/** Refers to a component of the document, and has its type. */
const component = <Schema extends TSchema>(name: string, schema: Schema) => {
  components.push({ ...schema, $id: name })
  return Type.Unsafe<Static<Schema>>({ $ref: `${name}#` })
}

const Location = component('Location', Type.Object({ x: coordinate, y: coordinate }))
const CourseError = component('Error', Type.Object({ code: Type.Integer({ format: 'int32' }), message: Type.String() }))
const Order = component('Order', Type.Object({ id: GeneratedId, location: Location }))
const Courier = component('Courier', Type.Object({ id: GeneratedId, name: Type.String(), location: Location }))
const NewCourier = component(
  'NewCourier',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 100 }),
    speed: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
)

const errors = { 400: CourseError, 404: CourseError, 409: CourseError, 500: CourseError }

export const createOrder = {
  operationId: 'CreateOrder',
  summary: 'Create an order, to test',
  response: { 201: Type.Object({ orderId: Type.String({ format: 'uuid' }) }), ...errors },
}
export const getOrders = {
  operationId: 'GetOrders',
  summary: 'The orders that are not completed',
  response: { 200: Type.Array(Order), default: CourseError },
}
export const createCourier = {
  operationId: 'CreateCourier',
  summary: 'Add a courier',
  body: NewCourier,
  response: { 201: Type.Object({ courierId: Type.String({ format: 'uuid' }) }), ...errors },
}
export const getCouriers = {
  operationId: 'GetCouriers',
  summary: 'All couriers',
  response: { 200: Type.Array(Courier), default: CourseError },
}
export const moveCourier = {
  operationId: 'MoveCourier',
  summary: 'Report the cell of a courier',
  params: Type.Object({ courierId: Uuid }),
  body: Location,
  response: { 200: Type.Object({}), ...errors },
}
export const completeOrder = {
  operationId: 'CompleteOrder',
  summary: 'Report that an order is delivered',
  params: Type.Object({ courierId: Uuid, orderId: Uuid }),
  response: { 200: Type.Object({}), ...errors },
}
