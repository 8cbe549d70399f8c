import { sql } from 'kysely'
import { coalesced } from '#platform/db'
import type { Refused } from '#platform/outcome'
import type { Owner } from '../owner.ts'
import { maxLines, maxPieces, type Line } from '../schema.ts'
import { cartKeysOf, type CartDb, type NewCart } from '../store.ts'

/** `fresh`: the cart to insert when the owner has none. */
type NewLine = Readonly<{ owner: Owner; fresh: NewCart; input: Line; now: Date }>

export type LimitReached =
  | (Refused<'too-many-pieces'> & Readonly<{ in_cart: number; maximum: number }>)
  | (Refused<'cart-full'> & Readonly<{ maximum: number }>)

/** `outcome`: null when the variant is not for sale. */
type Inserted = Readonly<{
  outcome: LimitReached | Readonly<{ kind: 'added'; lines: readonly Line[]; cart_id: string }> | null
  coupon: string | null
}>

/** Adds a line to a cart by one statement, which decides in `cart.add_item`. Concurrent buyers share it. */
export const insertLine = async (db: CartDb, line: NewLine): Promise<Inserted> =>
  db.isTransaction ? await insertAlone(db, line) : await insertTogether(db, line)

async function insertAlone(db: CartDb, line: NewLine): Promise<Inserted> {
  const [inserted = missing] = await insertLines(db, [line])
  return inserted
}

const missing: Inserted = { outcome: null, coupon: null }

const insertTogether = coalesced<NewLine, Inserted>(insertLines, { keysOf: (line) => [sortKeyOf(line)] })

/** Two lines with the same key are for the same cart. */
const sortKeyOf = ({ owner, fresh }: NewLine): string =>
  owner.kind === 'user' ? owner.user_id : (owner.token ?? fresh.id)

/** Locks the carts in the order of their keys, so that two statements do not deadlock. */
async function insertLines(db: CartDb, lines: readonly NewLine[]): Promise<readonly Inserted[]> {
  const sorted = lines.toSorted((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1))
  const keys = sorted.map(({ owner, fresh }) => cartKeysOf(owner, fresh))
  const { rows } = await sql<Inserted>`
    select
      case when cart.is_for_sale(variant_id) then cart.add_item(
        cart.open_cart(user_id, line.token_hash, new_id, new_hash, now), variant_id, quantity, now, ${maxLines}, ${maxPieces})
      end as outcome,
      (select coupon from cart.carts where id = user_id or carts.token_hash = line.token_hash) as coupon
    from unnest(
      ${keys.map(({ user_id }) => user_id)}::uuid[], ${keys.map(({ token_hash }) => token_hash)}::bytea[],
      ${keys.map(({ new_id }) => new_id)}::uuid[], ${keys.map(({ new_hash }) => new_hash)}::bytea[],
      ${sorted.map(({ input }) => input.variant_id)}::uuid[], ${sorted.map(({ input }) => input.quantity)}::int[],
      ${sorted.map(({ now }) => now)}::timestamptz[]
    ) with ordinality as line(user_id, token_hash, new_id, new_hash, variant_id, quantity, now, place)
    order by place
  `.execute(db)
  const byLine = new Map(sorted.map((line, i) => [line, rows[i] ?? missing]))
  return lines.map((line) => byLine.get(line) ?? missing)
}
