import type { Bug } from '../bug.ts'

const remote = (file: string) => `platform/events/remote/${file}`
const relay = 'platform/events/processing/relay-consumer.ts'
const ingestedBy = remote('ingest.test.ts')

/** Bugs of the relay to the broker and of the ingest from it. */
export const brokerBugs: readonly Bug[] = [
  {
    description: 'a message is acknowledged before its event is in the log',
    requirement: 'PLT-4',
    file: remote('ingest.ts'),
    text: 'await ingest(events.filter((event) => event !== undefined))',
    replacement: 'void ingest(events.filter((event) => event !== undefined)).catch(() => {})',
    caughtBy: ingestedBy,
  },
  {
    description: 'the checkpoint of a relay moves before the broker has confirmed',
    requirement: 'PLT-4',
    file: relay,
    text: 'if (!(await this.#publish(batch.map(({ event }) => event))) || this.#abandoned) return',
    replacement: 'void this.#publish(batch.map(({ event }) => event))',
    caughtBy: 'platform/events/processing/relay-consumer.test.ts',
  },
  {
    description: 'a relay drops the events that the broker did not confirm',
    requirement: 'PLT-4',
    file: relay,
    text: 'for (let attempt = 1; ; attempt++) {\n      try {\n        await group.relay(events)',
    replacement:
      'for (let attempt = 1; ; attempt++) {\n      if (attempt > 2) return true\n      try {\n        await group.relay(events)',
    caughtBy: 'platform/events/processing/relay-consumer.test.ts',
  },
  {
    description: 'a message that the broker delivers twice is two events',
    requirement: 'PLT-2',
    file: 'platform/events/log/ingest-events.ts',
    text: 'from received join fresh using (event_id, publication)',
    replacement: 'from received',
    caughtBy: ingestedBy,
  },
  {
    description: 'two processes that take a message at once append it twice',
    requirement: 'PLT-2',
    file: 'platform/events/migrations/0001-log.up.sql',
    text: '  primary key (event_id, publication)\n) partition by range (event_id);',
    replacement: '  unique (event_id, publication, padding),\n  padding int\n) partition by range (event_id);',
    caughtBy: ingestedBy,
  },
  {
    description: 'a command that is published again does not reach the other service',
    requirement: 'ORD-6',
    file: remote('envelope-message.ts'),
    text: "? sequence : '0'",
    replacement: "? '0' : '0'",
    caughtBy: ingestedBy,
  },
  {
    description: 'services that share a log pass an event round for ever',
    requirement: 'PLT-4',
    file: relay,
    text: 'events.filter(({ ingested }) => !ingested)',
    replacement: 'events',
    caughtBy: 'platform/events/processing/relay-consumer.test.ts',
  },
  {
    description: 'services that share a log append their own events again',
    requirement: 'PLT-4',
    file: 'platform/events/log/ingest-events.ts',
    text: 'where event.event_id = received.event_id and event.id = received.publication and not event.ingested',
    replacement: 'where event.event_id = received.event_id and event.id = -received.publication and not event.ingested',
    caughtBy: ingestedBy,
  },
  {
    description: 'another program may send events in the name of a module of this service',
    requirement: 'SEC-1',
    file: remote('ingest.ts'),
    text: 'local.has(sourceOf(type)) && !isOfEveryService(type) ?',
    replacement: 'local.has(type) ?',
    caughtBy: ingestedBy,
  },
  {
    description: 'one message that PostgreSQL cannot store stops its queue',
    requirement: 'PLT-5',
    file: remote('ingest.ts'),
    text: "sqlStateOf(error)?.startsWith('22')",
    replacement: "sqlStateOf(error)?.startsWith('99')",
    caughtBy: ingestedBy,
  },
  {
    description: 'a process of an older release drops the events that only a newer one handles',
    requirement: 'PLT-5',
    file: remote('ingest.ts'),
    text: 'subscribed.has(type) || registered.has(type)',
    replacement: 'subscribed.has(type)',
    caughtBy: ingestedBy,
  },
  {
    description: 'an event of an unknown type is lost when a release knows it',
    requirement: 'PLT-5',
    file: remote('ingest.ts'),
    text: '      await parkUnknown(tx, unknown)\n',
    replacement: '',
    caughtBy: ingestedBy,
  },
  {
    description: 'the modules of a service have a queue each, and mix the order of a key',
    requirement: 'PLT-3',
    file: remote('event-topology.ts'),
    text: 'if (inside.has(source)) continue',
    replacement: 'if (source === name) continue',
    caughtBy: remote('event-topology.test.ts'),
  },
]
