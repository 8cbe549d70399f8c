/** A message of the first process of a start to one that serves. */
export type Order =
  | Readonly<{
      kind: 'start'
      /** The process, from 1. The first one also adds the demo products and invites the first admin. */
      number: number
      /** Signs the tokens of event streams: another process may answer the stream that one of them has admitted. */
      streamSecret: string
    }>
  | Readonly<{ kind: 'stop' }>
  | Readonly<{ kind: 'read-metrics'; request: number; service: string }>
  | Readonly<{ kind: 'metrics'; request: number; page: string }>

/** A message of a process that serves to the first one. */
export type Report =
  | Readonly<{ kind: 'line'; line: string }>
  | Readonly<{ kind: 'ready'; address: string }>
  | Readonly<{ kind: 'failed'; line: string }>
  | Readonly<{ kind: 'want-metrics'; request: number; service: string }>
  | Readonly<{ kind: 'own-metrics'; request: number; page: string }>
