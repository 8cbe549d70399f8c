import type { Kysely, Transaction } from 'kysely'
import { newId } from '#platform/values'
import type { Line } from './cart.ts'
import { hashOf, newToken } from './guest-token.ts'
import type { ShownCart } from './priced-cart.ts'
import type { CartTables } from './tables.ts'

/** Whose cart it is. A guest without a token, or with one nobody was given, has none yet. */
export type Holder =
  | Readonly<{ kind: 'person'; user_id: string }>
  | Readonly<{ kind: 'guest'; token: string | undefined }>

export type ShowCart = (holder: Holder) => Promise<ShownCart>
export type KeptLine = Line & Readonly<{ added_at: Date }>
type Tx = Transaction<CartTables>

/** The id under which a holder's lines are kept; undefined for a guest without a cart. */
export async function cartIdOf(db: Kysely<CartTables>, holder: Holder): Promise<string | undefined> {
  if (holder.kind === 'person') return holder.user_id
  if (holder.token === undefined) return undefined
  const guests = db.selectFrom('cart.carts').select('id').where('token_hash', '=', hashOf(holder.token))
  return (await guests.executeTakeFirst())?.id
}

/** What lies in a cart, oldest first. */
export const linesIn = (db: Kysely<CartTables>, cart_id: string): Promise<KeptLine[]> =>
  db
    .selectFrom('cart.items')
    .select(['variant_id', 'quantity', 'added_at'])
    .where('cart_id', '=', cart_id)
    .orderBy('added_at')
    .orderBy('variant_id')
    .execute()

/** Locks the cart of a holder, so that its lines change one after the other; undefined when there is none. */
export async function lockCart(tx: Tx, holder: Holder, now: Date): Promise<string | undefined> {
  const touched = tx.updateTable('cart.carts').set({ updated_at: now }).returning('id')
  if (holder.kind === 'person') return (await touched.where('id', '=', holder.user_id).executeTakeFirst())?.id
  if (holder.token === undefined) return undefined
  return (await touched.where('token_hash', '=', hashOf(holder.token)).executeTakeFirst())?.id
}

export type OpenCart = Readonly<{ cart_id: string; cart_token: string | null }>

/** Locks the cart of a holder and makes one where there is none: for a guest with a new token, never with the one he sent. */
export async function openCart(tx: Tx, holder: Holder, now: Date): Promise<OpenCart> {
  const known = holder.kind === 'guest' ? await lockCart(tx, holder, now) : undefined
  if (known !== undefined && holder.kind === 'guest') return { cart_id: known, cart_token: holder.token ?? null }
  const cart_token = holder.kind === 'guest' ? newToken() : null
  const cart_id = holder.kind === 'person' ? holder.user_id : newId()
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

/** Writes lines with their quantities. Variants that were switched off meanwhile are left out by the database (CAT-9). */
export async function keepLines(tx: Tx, cart_id: string, lines: readonly KeptLine[]): Promise<readonly string[]> {
  if (lines.length === 0) return []
  const kept = await tx
    .insertInto('cart.items')
    .values(lines.map(({ variant_id, quantity, added_at }) => ({ cart_id, variant_id, quantity, added_at })))
    .onConflict((conflict) =>
      conflict.columns(['cart_id', 'variant_id']).doUpdateSet((row) => ({ quantity: row.ref('excluded.quantity') })),
    )
    .returning('variant_id')
    .execute()
  return kept.map(({ variant_id }) => variant_id)
}
