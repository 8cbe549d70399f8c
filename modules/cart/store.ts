import { createHash, randomBytes } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { newId } from '#platform/values'
import type { Owner } from './owner.ts'
import type { Line } from './schema.ts'

type Carts = {
  /** The id of a user's cart is the user's id; a guest's cart has its own. */
  id: string
  token_hash: Buffer | null
  created_at: Date
  updated_at: Date
}

type Items = { cart_id: string; variant_id: string; quantity: number; added_at: Date }

/** Orders whose items have left the cart, so that a second event about the order removes nothing. */
type ProcessedOrders = { order_id: string; processed_at: Date }

export type CartTables = {
  'cart.carts': Carts
  'cart.items': Items
  'cart.processed_orders': ProcessedOrders
}

type Tx = Transaction<CartTables>
export type StoredLine = Line & Readonly<{ added_at: Date }>

/** 256 random bits for a guest's client. */
const newToken = (): string => randomBytes(32).toString('base64url')

/** The database stores only the hash, so a reader of the table can open no cart. */
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Finds the id of an owner's cart; undefined for a guest without a cart. */
export async function findCartId(db: Kysely<CartTables>, owner: Owner): Promise<string | undefined> {
  if (owner.kind === 'user') return owner.user_id
  if (owner.token === undefined) return undefined
  const guests = db.selectFrom('cart.carts').select('id').where('token_hash', '=', hashOf(owner.token))
  return (await guests.executeTakeFirst())?.id
}

/** Lists the lines of a cart, oldest first. */
export const listLines = (db: Kysely<CartTables>, cart_id: string): Promise<StoredLine[]> =>
  db
    .selectFrom('cart.items')
    .select(['variant_id', 'quantity', 'added_at'])
    .where('cart_id', '=', cart_id)
    .orderBy('added_at')
    .orderBy('variant_id')
    .execute()

/** Locks the cart of an owner, so that its writes come one after the other; undefined when there is none. */
export async function lockCart(tx: Tx, owner: Owner, now: Date): Promise<string | undefined> {
  const carts = tx.updateTable('cart.carts').set({ updated_at: now }).returning('id')
  if (owner.kind === 'user') return (await carts.where('id', '=', owner.user_id).executeTakeFirst())?.id
  if (owner.token === undefined) return undefined
  return (await carts.where('token_hash', '=', hashOf(owner.token)).executeTakeFirst())?.id
}

export type LockedCart = Readonly<{ cart_id: string; cart_token: string | null }>

/** Locks the cart of an owner, or inserts one. A guest's new cart gets a new token, never the one that the guest sent. */
export async function lockOrInsertCart(tx: Tx, owner: Owner, now: Date): Promise<LockedCart> {
  const locked = owner.kind === 'guest' ? await lockCart(tx, owner, now) : undefined
  if (locked !== undefined && owner.kind === 'guest') return { cart_id: locked, cart_token: owner.token ?? null }
  const cart_token = owner.kind === 'guest' ? newToken() : null
  const cart_id = owner.kind === 'user' ? owner.user_id : newId()
  await tx
    .insertInto('cart.carts')
    .values({
      id: cart_id,
      token_hash: cart_token === null ? null : hashOf(cart_token),
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ updated_at: now }))
    .execute()
  return { cart_id, cart_token }
}

/** Saves lines and returns the variants that were saved: a trigger leaves out variants that are not active (CAT-9). */
export async function saveLines(tx: Tx, cart_id: string, lines: readonly StoredLine[]): Promise<readonly string[]> {
  if (lines.length === 0) return []
  const saved = await tx
    .insertInto('cart.items')
    .values(lines.map(({ variant_id, quantity, added_at }) => ({ cart_id, variant_id, quantity, added_at })))
    .onConflict((conflict) =>
      conflict.columns(['cart_id', 'variant_id']).doUpdateSet((row) => ({ quantity: row.ref('excluded.quantity') })),
    )
    .returning('variant_id')
    .execute()
  return saved.map(({ variant_id }) => variant_id)
}
