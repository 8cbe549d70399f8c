/** The generations of the contracts of the Delivery system. They differ in fields, topics and events. */
export const contracts = ['a', 'b', 'b2', 'c', 'd'] as const
export type Contract = (typeof contracts)[number]

/** How a message is written. A message that is read may have either form. */
export const encodings = ['json', 'protobuf'] as const
export type Encoding = (typeof encodings)[number]

/** The changes of an order that the contracts report. */
export type ReportedChange = 'created' | 'assigned' | 'completed'

type ContractTerms = Readonly<{
  /** The topic of the baskets. */
  basketTopic: string
  /** The topic of the orders. */
  orderTopic: string
  encoding: Encoding
  reports: readonly ReportedChange[]
}>

const statusTopics = { basketTopic: 'basket.confirmed', orderTopic: 'order.status.changed' } as const
const eventTopics = { basketTopic: 'basket.events', orderTopic: 'order.events' } as const

/** The terms of each generation, unless settings say otherwise. */
export const termsOf: Readonly<Record<Contract, ContractTerms>> = {
  a: { ...statusTopics, encoding: 'json', reports: ['assigned', 'completed'] },
  b: { ...statusTopics, encoding: 'json', reports: ['completed'] },
  c: {
    basketTopic: 'baskets.events',
    orderTopic: 'orders.events',
    encoding: 'json',
    reports: ['created', 'completed'],
  },
  b2: { ...eventTopics, encoding: 'protobuf', reports: ['created', 'completed'] },
  d: { ...eventTopics, encoding: 'protobuf', reports: ['assigned', 'completed'] },
}
