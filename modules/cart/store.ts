import { createHash, randomBytes } from 'node:crypto'
import { sql, type Generated, type Kysely } from 'kysely'
import { coalesced } from '#platform/db'
import { newId } from '#platform/values'
import type { Owner } from './owner.ts'
import type { Line } from './schema.ts'

type Carts = {
  /** The id of a user's cart is the user's id; a guest's cart has its own. */
  id: string
  token_hash: Buffer | null
  created_at: Date
  updated_at: Date
  version: Generated<string>
  /** The code that the owner gave, in capitals. */
  coupon: Generated<string | null>
  /** The version that `cart.abandoned.v1` was published of. */
  abandoned_version: Generated<string | null>
}

type Items = { cart_id: string; variant_id: string; quantity: number; added_at: Date }

/** Orders whose items have left the cart, so that a second event about the order removes nothing. */
type ProcessedOrders = { order_id: string; processed_at: Date }

export type CartTables = {
  'cart.carts': Carts
  'cart.items': Items
  'cart.processed_orders': ProcessedOrders
}

export type CartDb = Kysely<CartTables>

/** 256 random bits for a guest's client. */
const newToken = (): string => randomBytes(32).toString('base64url')

/** The database stores only the hash, so a reader of the table can open no cart. */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

const userIdOf = (owner: Owner) => (owner.kind === 'user' ? owner.user_id : null)
const tokenHashOf = (owner: Owner) => (owner.kind === 'guest' && owner.token !== undefined ? hashOf(owner.token) : null)

/** The lines of a cart, oldest first, and its coupon. Each change of the lines has a new version; null without a cart. */
export type VersionedLines = Readonly<{ version: string | null; lines: readonly Line[]; coupon: string | null }>

export const noLines: VersionedLines = { version: null, lines: [], coupon: null }

/** `id`: null when there is no cart. */
export type FoundCart = VersionedLines & Readonly<{ id: string | null }>

type LinesRow = VersionedLines & Readonly<{ id: string; token_hash: Buffer | null }>

/** Reads the lines of an owner's cart; none for a guest without a cart. Concurrent requests share one statement. */
export const readLines = coalesced<Owner, FoundCart>(async (db, owners) => {
  const ids = owners.map(userIdOf)
  const hashes = owners.map(tokenHashOf)
  const { rows } = await sql<LinesRow>`
    select id, token_hash, version, coupon, cart.lines_of(id) as lines from cart.carts
    where id = any(${ids}::uuid[]) or token_hash = any(${hashes}::bytea[])
  `.execute(db)
  const isOf = (row: LinesRow, i: number) =>
    row.id === ids[i] || (hashes[i] && row.token_hash?.equals(hashes[i])) === true
  return owners.map((_, i) => {
    const row = rows.find((each) => isOf(each, i))
    return row ? { id: row.id, version: row.version, lines: row.lines, coupon: row.coupon } : { id: null, ...noLines }
  })
})

/** SQL that locks the cart of an owner and returns its id; null when there is none. */
export const lockCart = (owner: Owner, now: Date) =>
  sql`cart.lock_cart(${userIdOf(owner)}, ${tokenHashOf(owner)}, ${now})`

export type NewCart = Readonly<{ id: string; token: string | null }>

/** The id and the token of an owner's cart in case there is none. A guest gets a new token, never the one that was sent. */
export const newCartOf = (owner: Owner): NewCart =>
  owner.kind === 'user' ? { id: owner.user_id, token: null } : { id: newId(), token: newToken() }

/** The keys by which SQL finds the cart of an owner, or inserts `fresh`. */
export const cartKeysOf = (owner: Owner, fresh: NewCart) => ({
  user_id: userIdOf(owner),
  token_hash: tokenHashOf(owner),
  new_id: fresh.id,
  new_hash: fresh.token === null ? null : hashOf(fresh.token),
})

/** SQL that reads the coupon of an owner's cart. */
export const couponOf = (owner: Owner) =>
  sql`(select coupon from cart.carts where id = ${userIdOf(owner)} or token_hash = ${tokenHashOf(owner)})`

type CouponChange = Readonly<{ fresh: NewCart | null; coupon: string | null; now: Date }>

/** SQL that changes the coupon of an owner's cart. Without a cart it inserts `fresh`, or nothing for null. */
export const setCoupon = (owner: Owner, { fresh, coupon, now }: CouponChange) => {
  const new_hash = fresh?.token ? hashOf(fresh.token) : null
  return sql`cart.set_coupon(
    ${userIdOf(owner)}, ${tokenHashOf(owner)}, ${fresh?.id ?? null}, ${new_hash}, ${coupon}, ${now})`
}
