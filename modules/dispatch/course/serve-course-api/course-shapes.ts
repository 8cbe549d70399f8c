import { Type } from 'typebox'

/** The document of the contract of the course. */
export const document = { openapi: '3.0.0', info: { title: 'Swagger Delivery', version: '1.0.0' } }

/** A UUID of any version, as a pattern: the formats of this server are those of the contract. */
const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', maxLength: 36 })
const Location = Type.Object({ x: Type.Integer({ minimum: 0 }), y: Type.Integer({ minimum: 0 }) })
const CourseError = Type.Object({ code: Type.Integer(), message: Type.String() })

const Order = Type.Object({ id: Type.String({ format: 'uuid' }), location: Location })
const Courier = Type.Object({ id: Type.String({ format: 'uuid' }), name: Type.String(), location: Location })
const NewCourier = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  speed: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
})

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
