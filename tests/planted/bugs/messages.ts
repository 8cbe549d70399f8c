import type { Bug } from '../bug.ts'

const dispatch = (file: string) => `modules/dispatch/${file}`
const takenBy = dispatch('course/take-messages/take-messages.test.ts')
const readBy = dispatch('messages/messages.test.ts')

/** Bugs of the messages of the Delivery system. */
export const messageBugs: readonly Bug[] = [
  {
    description: 'a basket whose message arrives twice from another place gets a second event',
    requirement: 'DSP-2',
    file: dispatch('course/create-order/create-order.ts'),
    text: '    if (!(await insertOrder(tx, { input: { id, ...basket }, order, now: now() }))) return\n',
    replacement: '    await insertOrder(tx, { input: { id, ...basket }, order, now: now() })\n',
    caughtBy: takenBy,
  },
  {
    description: 'a confirmation that comes after its cancellation creates an order',
    requirement: 'DSP-8',
    file: dispatch('course/create-order/create-order.ts'),
    text: '    if (await isCancelledBasket(tx, id)) return\n',
    replacement: '',
    caughtBy: takenBy,
  },
  {
    description: 'the cancellation of a basket is dropped',
    requirement: 'DSP-8',
    file: dispatch('course/cancel-order/cancel-order.ts'),
    text: "    if (refused?.kind === 'not-found') await",
    replacement: "    if (refused?.kind === 'refused') await",
    caughtBy: takenBy,
  },
  {
    description: 'the delivery period of a basket is dropped',
    requirement: 'DSP-8',
    file: dispatch('messages/basket-event.ts'),
    text: '...(window && { window })',
    replacement: '...(!window && { window })',
    caughtBy: takenBy,
  },
  {
    description: 'a malformed message stops the messages behind it',
    requirement: 'DSP-4',
    file: dispatch('messages/registry.ts'),
    text: '        return malformed(error instanceof Error ? error.message : String(error))\n',
    replacement: '        throw error\n',
    caughtBy: readBy,
  },
  {
    description: 'a message of an unknown name is dropped',
    requirement: 'DSP-6',
    file: dispatch('course/take-messages/take-messages.ts'),
    text: 'event: parked(message, { id, contract, ...result }) }',
    replacement: '}',
    caughtBy: takenBy,
  },
  {
    description: 'messages of unknown names stay parked when a version knows them',
    requirement: 'DSP-6',
    file: dispatch('course/read-parked-message/read-parked-message.ts'),
    text: 'known.push(event_id)',
    replacement: 'known.length = 0',
    caughtBy: takenBy,
  },
  {
    description: 'the geo service gets the street of a basket alone',
    requirement: 'DSP-8',
    file: dispatch('messages/registry.ts'),
    text: 'address: ofOrder, volume, period }',
    replacement: 'address: address.street, volume, period }',
    caughtBy: readBy,
  },
  {
    description: 'a geo service that does not answer holds its callers without end',
    requirement: 'DSP-5',
    file: dispatch('geo/grpc.ts'),
    text: '{ deadline: after(now(), deadline) }',
    replacement: '{ deadline: after(now(), 1000 * deadline) }',
    caughtBy: dispatch('geo/grpc.test.ts'),
  },
  {
    description: 'a courier completes an order from afar',
    requirement: 'DSP-3',
    file: dispatch('course/complete-order/complete-order.ts'),
    text: 'const greatestDistance = 1\n',
    replacement: 'const greatestDistance = 18\n',
    caughtBy: dispatch('course/server/serve-course-api.test.ts'),
  },
  {
    description: 'generation B reports changes that its programs do not expect',
    requirement: 'DSP-4',
    file: dispatch('messages/write-message.ts'),
    text: '  if (!termsOf[contract].reports.includes(report.change)) return undefined\n',
    replacement: '',
    caughtBy: readBy,
  },
]
