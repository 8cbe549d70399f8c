import type { NotFound } from '#platform/outcome'

/** The functions of ordering that other modules may call. */
export type OrderingApi = Readonly<{
  /** `open` while an order goes forward; `closed` once it is fulfilled, cancelled or being cancelled. */
  stateOf: (order_id: string) => Promise<Readonly<{ kind: 'open' | 'closed' }> | NotFound>
}>
