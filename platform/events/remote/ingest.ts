import type { BatchHandler, ReceivedMessage, Verdict } from '#platform/broker'
import { afterCommit, sqlStateOf, transaction, type Db } from '#platform/db'
import type { Log } from '#platform/telemetry'
import { ingestCrashPoint } from '../crash-points.ts'
import { ingestEvents, parkUnknown, registeredTypes, type RemoteEvent } from '../log/ingest-events.ts'
import { nudge } from '../log/nudge.ts'
import { readMessage } from './envelope-message.ts'
import { isOfEveryService, sourceOf } from './event-topology.ts'

type Needs = Readonly<{
  db: Db
  /** The names of the modules in this process. Their events never come from outside. */
  local: ReadonlySet<string>
  /** The types to which the modules in this process subscribe. */
  subscribed: ReadonlySet<string>
  /** The types that other services publish, as this release knows them. */
  known: ReadonlySet<string>
  log: Log
}>

/** The messages that this process took, by their outcome. */
type IngestCounts = { ingested: number; duplicate: number; ignored: number; unknown: number; malformed: number }

/**
 * The handler that appends the events of other services to the log of this one. The broker gets its verdicts after the
 * commit, so a message is lost by no crash; the log recognises a repetition. From there on subscribers see no difference
 * between the events of this service and of others.
 */
export function ingester({ db, local, subscribed, known, log }: Needs) {
  const counts: IngestCounts = { ingested: 0, duplicate: 0, ignored: 0, unknown: 0, malformed: 0 }

  async function ingest(events: readonly RemoteEvent[]): Promise<void> {
    if (events.length === 0) return
    const result = await transaction(db, async (tx) => {
      // A newer release of this service may have registered types that this one does not know.
      const isForeign = events.some(({ type }) => !subscribed.has(type))
      const registered = isForeign ? await registeredTypes(tx) : subscribed
      const isHandled = (type: string) => subscribed.has(type) || registered.has(type)
      const taken = events.filter(({ type }) => isHandled(type) || !known.has(type))
      const fresh = await ingestEvents(tx, taken)
      const unknown = fresh.filter(({ type }) => !isHandled(type))
      await parkUnknown(tx, unknown)
      if (fresh.length > 0) afterCommit(tx, nudge)
      return { taken: taken.length, fresh: fresh.length, unknown }
    })
    counts.ingested += result.fresh
    counts.duplicate += result.taken - result.fresh
    counts.ignored += events.length - result.taken
    counts.unknown += result.unknown.length
    const types = [...new Set(result.unknown.map(({ type }) => type))]
    if (types.length > 0) log.warn({ types }, 'events of an unknown type are parked until a release knows it')
  }

  /** The event of a message; undefined, with a log line, when it cannot be one of another service. */
  function read(message: ReceivedMessage): RemoteEvent | undefined {
    const event = readMessage(message)
    const issue = 'issue' in event ? event.issue : issueOf(event)
    if (issue === undefined) return event as RemoteEvent
    log.warn({ issue, event_id: message.headers['ce_id'] }, 'a malformed message goes to the dead letters')
    return undefined
  }

  const issueOf = ({ type }: RemoteEvent) =>
    local.has(sourceOf(type)) && !isOfEveryService(type) ? `/event_type ${type} is of this service` : undefined

  /** Ingests each event alone, because PostgreSQL cannot store one of them, such as text with a NUL. */
  async function ingestOneByOne(events: readonly (RemoteEvent | undefined)[]): Promise<(RemoteEvent | undefined)[]> {
    const stored: (RemoteEvent | undefined)[] = []
    for (const event of events) {
      try {
        if (event) await ingest([event])
        stored.push(event)
      } catch (error) {
        if (!isDataError(error)) throw error
        log.warn({ err: error, event_id: event?.event_id }, 'a malformed message goes to the dead letters')
        stored.push(undefined)
      }
    }
    return stored
  }

  const handle: BatchHandler = async (messages) => {
    let events = messages.map(read)
    try {
      await ingest(events.filter((event) => event !== undefined))
    } catch (error) {
      if (!isDataError(error)) throw error
      events = await ingestOneByOne(events)
    }
    ingestCrashPoint('after-commit.before-acknowledge')
    counts.malformed += events.filter((event) => event === undefined).length
    return events.map((event): Verdict => (event ? 'accepted' : 'malformed'))
  }
  return { handle, counts: counts as Readonly<IngestCounts> }
}

/** True for values that PostgreSQL cannot store: no later attempt would change that. */
const isDataError = (error: unknown) => sqlStateOf(error)?.startsWith('22') ?? false
