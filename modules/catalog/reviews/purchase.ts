/** Finds an order with which a user received a product. Orders are in another module, perhaps in another process. */
export type PurchaseOf = (
  of: Readonly<{ user_id: string; product_id: string }>,
) => Promise<Readonly<{ order_id: string }> | undefined>
