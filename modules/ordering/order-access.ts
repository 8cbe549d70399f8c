/** The holder of an order: the account that placed it, or the private link of a guest, in its current version. */
export type OrderAccess = Readonly<{ user_id: string }> | Readonly<{ link_version: number }>

/** `link_version`: null in the order of an account, which no link opens. */
export type Owned = Readonly<{ user_id: string; link_version: number | null }>

/** True when `access` opens the order. */
export const opens = (access: OrderAccess, order: Owned): boolean =>
  'user_id' in access ? order.user_id === access.user_id : order.link_version === access.link_version
