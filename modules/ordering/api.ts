/** Over: fulfilled, cancelled, or on its way there. Unknown: nobody ordered this. */
type OrderStanding = 'open' | 'over' | 'unknown'

/** What other modules may ask ordering. */
export type OrderingApi = Readonly<{
  /** Whether there is such an order, and whether anything can still come of it. */
  standingOf: (order_id: string) => Promise<OrderStanding>
}>
