import { userInfo } from 'node:os'
import {
  deadMessages,
  removeType as removeRegisteredType,
  groupNames,
  groupTypes,
  outboxStatus,
  removeGroup,
  replayMessage,
  restoreHook,
  retryAll,
  retryMessage,
  skipMessage,
  typesOf,
  unknownTypes,
  type OperatorOutcome,
  type ReplayOutcome,
} from '#platform/events'
import type { ReasonOf } from '#platform/outcome'
import { isId } from '#platform/values'
import type { App } from '../app.ts'
import { countOf, print, printAs, printLine, type Format } from '../terminal/print.ts'
import { Misuse, Refusal } from '../terminal/refusal.ts'
import { asOperator } from './as-operator.ts'
import { withApp } from './with-app.ts'

/** The operator, for the record. */
const operator = () => `${userInfo().username} at the command line`

/** A decision about a message, and why the operator made it. */
type Decided = Format & Readonly<{ reason: string }>

/** `posad outbox status`: lag, parked and dead messages per consumer group. */
export const status = async ({ json }: Format): Promise<void> =>
  await withApp(async ({ db }) => {
    const [groups, unknown_types] = await Promise.all([outboxStatus(db), unknownTypes(db)])
    if (json) return print({ groups, unknown_types }, { json })
    print(groups, {})
    for (const { event_type, messages } of unknown_types)
      printLine(
        `${countOf(messages, 'message')} of the unknown type ${event_type}: a release that knows it handles them`,
      )
  })

/** `posad outbox dead`: the messages that wait for an operator. */
export const dead = async ({ group, json }: Format & { group?: string }): Promise<void> =>
  await withApp(async (app) => {
    const { db } = app
    if (group !== undefined) await refuseUnknownGroup(app, group)
    const { items, total } = await deadMessages(db, { group, limit: 100 })
    if (json) return print({ items, total }, { json })
    for (const message of items) {
      const { event_id, event_type, key, attempts } = message
      printLine(`${message.group}  ${event_id}  ${event_type}  key ${key}  ${attempts} attempts`)
      printLine(`    ${message.error_code ?? ''} ${message.error ?? ''}`)
    }
    printLine(
      total === 0
        ? 'No dead messages'
        : `${countOf(total, 'dead message')}: posad outbox retry GROUP ID, or posad outbox skip GROUP ID --reason WHY`,
    )
  })

/** `posad outbox retry GROUP [ID]`: retries one dead message of a group, or all of them. */
export const retry = async (
  group: string,
  event_id: string | undefined,
  { type, ...format }: Format & { type?: string },
): Promise<void> =>
  await withApp(async (app) => {
    const { db } = app
    await refuseUnknownMessage(app, group, event_id)
    if (type !== undefined && event_id !== undefined)
      throw new Misuse('--type is for all dead messages of a group: leave out --type or the id')
    if (type !== undefined) {
      const types = [...new Set([...(await groupTypes(db, group)), ...ownTypes(app, group)])].toSorted()
      refuseUnknownType(type, { group, types })
    }
    const who = operator()
    await decided('retry', group, event_id, async () => {
      if (event_id !== undefined) {
        requireDone(await retryMessage(db, { group, event_id, who }))
        return printAs(format, { group, event_id, count: 1 }, 'The message will be tried again')
      }
      const { count } = await retryAll(db, { group, type, who })
      printAs(format, { group, type, count }, `${countOf(count, 'message')} will be tried again`)
    })
  })

/** `posad outbox skip GROUP ID --reason WHY`: drops a message for good. */
export const skip = async (group: string, event_id: string, { reason, ...format }: Decided): Promise<void> =>
  await withApp(async (app) => {
    await refuseUnknownMessage(app, group, event_id)
    const skipped = await decided('skip', group, event_id, () =>
      skipMessage(app.db, { group, event_id, reason, who: operator() }),
    )
    requireDone(skipped)
    printAs(format, { group, event_id, reason }, 'The message is skipped')
  })

/** `posad outbox replay GROUP ID --reason WHY`: lets a group handle an event once more. */
export const replay = async (group: string, event_id: string, { reason, ...format }: Decided): Promise<void> =>
  await withApp(async (app) => {
    await refuseUnknownMessage(app, group, event_id)
    const outcome = await decided('replay', group, event_id, () =>
      replayMessage(app.db, { group, event_id, reason, who: operator() }),
    )
    if (outcome.kind === 'not-found') throw new Refusal('The log does not have this event')
    if (outcome.kind === 'refused') throw new Refusal(replayRefusals[outcome.reason])
    printAs(format, { group, event_id, reason }, `${group} will handle the event once more`)
  })

const replayRefusals = {
  'not-handled': 'The group has not handled this event yet: there is nothing to repeat',
  parked: 'A message of this key is set aside: retry or skip it first',
  'not-subscribed': 'The group handles no events of this type',
} satisfies Record<ReasonOf<ReplayOutcome>, string>

/** `posad outbox remove-group GROUP --yes`: removes the consumer group of a module that no longer exists. */
export const remove = async (group: string, { yes = false, ...format }: Format & { yes?: boolean }): Promise<void> =>
  await withApp(async (app) => {
    const { db, modules } = app
    await refuseUnknownGroup(app, group)
    if (modules.some(({ name, subscriptions = [] }) => name === group && subscriptions.length > 0))
      throw new Refusal(`${group} is the group of a module of this version: only the group of a removed module can go`)
    const found = (await outboxStatus(db)).find((status) => status.group === group)
    if (found && !found.led && !yes) {
      const { lag_events, lag_capped, retrying, behind, dead } = found
      const unhandled = `${lag_events}${lag_capped ? '+' : ''} unhandled events`
      throw new Refusal(
        `${group} has ${unhandled} and ${retrying + behind + dead} parked messages, which would be lost: add --yes to remove the group`,
      )
    }
    const removed = await decided('remove-group', group, undefined, () => removeGroup(db, { group, who: operator() }))
    if (removed.kind === 'refused') throw new Refusal(`A process handles events for ${group}: stop it first`)
    if (removed.kind === 'not-found')
      throw new Refusal(`There is no group ${group}: posad outbox status lists the groups`)
    const { discarded } = removed
    printAs(format, { group, discarded }, `Removed the group ${group} and its ${discarded} parked messages`)
  })

/** `posad outbox remove-type GROUP TYPE --yes`: lets this release lead a group again that a newer release has left. */
export const removeType = async (
  group: string,
  type: string,
  { yes = false, ...format }: Format & { yes?: boolean },
): Promise<void> =>
  await withApp(async (app) => {
    const { db } = app
    await refuseUnknownGroup(app, group)
    const own = ownTypes(app, group)
    if (own.includes(type))
      throw new Refusal(`This version handles ${type} in ${group}: only a type that no version handles can go`)
    refuseUnknownType(type, { group, types: (await groupTypes(db, group)).filter((each) => !own.includes(each)) })
    if (!yes) throw new Refusal(`Unhandled events of ${type} would be lost for ${group}: add --yes to remove the type`)
    const removed = await decided('remove-type', group, undefined, () =>
      removeRegisteredType(db, { group, type, who: operator() }),
    )
    if (removed.kind === 'refused')
      throw new Refusal(`A process handles events for ${group}, and so this type: stop it first`)
    if (removed.kind === 'not-found') throw new Refusal(`${type} is not registered for ${group}`)
    const { skipped } = removed
    const parked = countOf(skipped, 'parked message')
    printAs(format, { group, type, skipped }, `${group} no longer handles ${type}; ${parked} skipped`)
  })

/** `posad outbox after-restore`: makes every group read the log from its start, after a dump was restored elsewhere. */
export const afterRestore = async (format: Format): Promise<void> =>
  await withApp(async ({ db }) => {
    const restored = await restoreHook(db)
    if (restored.kind === 'refused')
      throw new Refusal(`A process handles events for ${restored.groups.join(', ')}: stop it first`)
    const done = 'The next start reads the log from its beginning; events handled before the dump are not handled again'
    printAs(format, { groups: await groupNames(db) }, done)
  })

/** Records a decision about a group, or about one message of it, in the audit. */
// oxlint-disable-next-line max-params -- reads as the command line
const decided = <Result>(command: string, group: string, event_id: string | undefined, work: () => Result): Result =>
  asOperator(`outbox ${command}`, { subject_type: 'groups', subject_id: group, details: { event_id } }, work)

/** Refuses a group that neither the database nor a module of this version has. */
async function refuseUnknownGroup({ db, modules }: App, group: string): Promise<void> {
  const ofModules = modules.filter(({ subscriptions = [] }) => subscriptions.length > 0).map(({ name }) => name)
  const groups = [...new Set([...(await groupNames(db)), ...ofModules])].toSorted()
  if (!groups.includes(group)) throw new Misuse(`There is no group ${group}: choose one of ${groups.join(', ')}`)
}

/** Refuses a type that is none of `types`, of which the operator may choose one. */
function refuseUnknownType(
  type: string,
  { group, types }: Readonly<{ group: string; types: readonly string[] }>,
): void {
  if (types.includes(type)) return
  const choices = types.length === 0 ? 'it has none that this command takes' : `choose one of ${types.join(', ')}`
  throw new Misuse(`${group} has no type ${type}: ${choices}`)
}

/** The types of events that a group handles in this version. */
const ownTypes = ({ modules }: App, group: string): string[] =>
  typesOf({ subscriptions: modules.find(({ name }) => name === group)?.subscriptions ?? [] })

async function refuseUnknownMessage(app: App, group: string, event_id: string | undefined): Promise<void> {
  await refuseUnknownGroup(app, group)
  if (event_id !== undefined && !isId(event_id))
    throw new Misuse(`${event_id} is not the id of a message: posad outbox dead lists the ids`)
}

function requireDone(outcome: OperatorOutcome): void {
  if (outcome.kind === 'done') return
  throw new Refusal(
    outcome.reason === 'not-parked'
      ? 'This group has no parked message with this id: posad outbox dead lists the dead ones'
      : 'The message waits behind another one of its key: retry or skip that one first',
  )
}
