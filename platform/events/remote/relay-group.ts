import type { LoggedEvent } from '../log/logged-event.ts'

/** A group that publishes the events of one module at the broker. */
export type RelayGroup = Readonly<{
  name: string
  types: readonly string[]
  /** Publishes events in order. Resolves when the broker has confirmed all of them, and throws when it may have lost one. */
  relay: (events: readonly LoggedEvent[]) => Promise<void>
}>
