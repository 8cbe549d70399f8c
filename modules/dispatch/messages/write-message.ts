import { termsOf, type Contract, type Encoding, type ReportedChange } from '../contract.ts'
import { messageType } from './schemas.ts'

/** A change of an order that is reported to other systems. */
export type OrderReport = Readonly<{
  event_id: string
  occurred_at: Date
  change: ReportedChange
  order_id: string
  courier_id: string | undefined
}>

type Form = Readonly<{ contract: Contract; encoding: Encoding }>
type WrittenMessage = Readonly<{ name: string; value: Buffer }>

/** The numbers of the statuses in generations A and B. */
const statusNumbers = { created: 1, assigned: 2, completed: 3 } as const

/** The message of a change; undefined where the generation does not report it. */
export function writeMessage(report: OrderReport, { contract, encoding }: Form): WrittenMessage | undefined {
  if (!termsOf[contract].reports.includes(report.change)) return undefined
  const name = nameOf(report, contract)
  const type = messageType(contract, name)
  if (!type) throw new Error(`Generation ${contract} reports ${name} and has no message for it`)
  const all = fieldsOf(report, name)
  const fields = Object.fromEntries(
    type.fieldsArray.map((field) => [field.name, all[field.name]]).filter(([, value]) => value !== undefined),
  ) as object
  const value = encoding === 'json' ? JSON.stringify(fields) : type.encode(type.fromObject(fields)).finish()
  return { name, value: Buffer.from(value as Uint8Array) }
}

const nameOf = ({ change }: OrderReport, contract: Contract): string =>
  contract === 'a' || contract === 'b'
    ? 'OrderStatusChangedIntegrationEvent'
    : { created: 'OrderCreated', assigned: 'OrderAssigned', completed: 'OrderCompleted' }[change]

/** All fields of all generations; each message takes those that it has. JSON has the names of the protobuf fields. */
const fieldsOf = (
  { event_id, occurred_at, change, order_id, courier_id }: OrderReport,
  event_type: string,
): Readonly<Record<string, unknown>> => ({
  event_id,
  event_type,
  // The form in which the libraries of the course write a timestamp as JSON.
  occurred_at: {
    seconds: Math.floor(occurred_at.getTime() / 1000),
    nanos: (occurred_at.getTime() % 1000) * 1_000_000,
  },
  order_id,
  courier_id,
  orderId: order_id,
  orderStatus: statusNumbers[change],
})
