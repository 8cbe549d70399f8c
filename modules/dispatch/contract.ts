/** The generations of the contracts of the Delivery system. They differ in fields, topics and events. */
export const contracts = ['a', 'b', 'b2', 'c', 'd'] as const
export type Contract = (typeof contracts)[number]
