import { userInfo } from 'node:os'
import {
  deadMessages,
  removeGroup,
  outboxStatus,
  restoreHook,
  retryAll,
  retryMessage,
  skipMessage,
  type OperatorOutcome,
} from '#platform/events'
import { Refusal } from '../refusal.ts'
import { print, withApp } from './with-app.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
/** Who decides, for the record. */
const who = () => `${userInfo().username} at the command line`

/** `posad outbox status`: lag, parked and dead messages per group. */
export const status = async (options: { json?: boolean }): Promise<void> =>
  await withApp(async ({ db }) => print(await outboxStatus(db), options))

/** `posad outbox dead`: what waits for an operator. */
export const dead = async ({ group, json }: { group?: string; json?: boolean }): Promise<void> =>
  await withApp(async ({ db }) => {
    const { items, total } = await deadMessages(db, { group, limit: 100 })
    if (json) return print({ items, total }, { json })
    for (const message of items) {
      say(
        `${message.group}  ${message.event_id}  ${message.event_type}  key ${message.key}  ${message.attempts} attempts`,
      )
      say(`    ${message.error_code ?? ''} ${message.error ?? ''}`)
    }
    say(
      total === 0
        ? 'No dead messages'
        : `${total} dead messages: posad outbox retry GROUP ID, or posad outbox skip GROUP ID --reason WHY`,
    )
  })

/** `posad outbox retry GROUP [ID]`: has one dead message, or all of a group, tried again. */
export const retry = async (group: string, event_id: string | undefined, { type }: { type?: string }): Promise<void> =>
  await withApp(async ({ db }) => {
    if (event_id === undefined) say(`${await retryAll(db, { group, type, who: who() })} messages will be tried again`)
    else sayOf(await retryMessage(db, { group, event_id, who: who() }), 'It will be tried again')
  })

/** `posad outbox skip GROUP ID --reason WHY`: gives a message up for good. */
export const skip = async (group: string, event_id: string, { reason }: { reason: string }): Promise<void> =>
  await withApp(async ({ db }) =>
    sayOf(await skipMessage(db, { group, event_id, reason, who: who() }), 'It is skipped'),
  )

/** `posad outbox forget GROUP --yes`: forgets the group of a module that is gone for good. */
export const forget = async (group: string, { yes = false }: { yes?: boolean }): Promise<void> =>
  await withApp(async ({ db, modules }) => {
    if (modules.some(({ name, subscriptions = [] }) => name === group && subscriptions.length > 0))
      throw new Refusal(
        `${group} is a module of this house and hears: only the group of a removed one can be forgotten`,
      )
    const found = (await outboxStatus(db)).find((status) => status.group === group)
    if (found && !found.led && !yes) {
      const { lag_events, lag_capped, retrying, behind, dead } = found
      const unheard = `${lag_events}${lag_capped ? '+' : ''} events it has not heard`
      throw new Refusal(
        `${group} would be forgotten for good, with ${unheard} and ${retrying + behind + dead} messages set aside: add --yes to do it`,
      )
    }
    const forgotten = await removeGroup(db, { group, who: who() })
    if (forgotten.kind === 'done') say(`${group} is forgotten, with ${forgotten.given_up} messages set aside for it`)
    else if (forgotten.reason === 'led') throw new Refusal(`A process hears for ${group}: stop it first`)
    else throw new Refusal(`There is no group ${group}: posad outbox status lists them`)
  })

/** `posad outbox restored`: has the log read anew after a dump was loaded into another cluster. */
export const restored = async (): Promise<void> =>
  await withApp(async ({ db }) => {
    const told = await restoreHook(db)
    if (told.kind === 'refused') throw new Refusal(`A process hears for ${told.groups.join(', ')}: stop it first`)
    say('The log is read anew at the next start; what was heard before the dump is not heard again')
  })

function sayOf(operated: OperatorOutcome, done: string): void {
  if (operated.kind === 'done') {
    say(done)
    return
  }
  throw new Refusal(
    operated.reason === 'not-parked'
      ? 'No such message is parked in this group'
      : 'It waits behind another message of its key: decide that one first',
  )
}
