/** A link names its order and the version of the link. */
export type LinkedOrder = Readonly<{ order_id: string; link_version: number }>

/** The private links of guests to their orders. The link alone shows, pays and cancels the order. */
export type OrderLinks = Readonly<{
  tokenOf: (order: LinkedOrder) => string
  /** The order of a token; undefined for a token that this shop did not issue. Costs one HMAC and no query. */
  read: (token: string) => LinkedOrder | undefined
}>
