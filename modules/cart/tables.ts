type Carts = {
  /** A person's cart bears the person's id; a guest's has its own. */
  id: string
  token_hash: Buffer | null
  created_at: Date
  updated_at: Date
}

type Items = { cart_id: string; variant_id: string; quantity: number; added_at: Date }

/** Orders whose goods have left a cart, so that an order told twice empties nothing twice. */
type TakenOrders = { order_id: string; taken_at: Date }

export type CartTables = {
  'cart.carts': Carts
  'cart.items': Items
  'cart.taken_orders': TakenOrders
}
