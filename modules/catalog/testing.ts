import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { shipmentRequested } from '#ordering/events'
import { memoryCache, watchInvalidations } from '#platform/cache'
import { transaction, type Db } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import { storeNothing } from '#platform/outcome'
import { quietLog } from '#platform/telemetry'
import type { Mail } from '#platform/mail'
import {
  anna,
  assertNoViolations,
  boris,
  crowd,
  deliverEvents,
  guest,
  olga,
  openTestApi,
  testDatabase,
} from '#platform/testing'
import { newId } from '#platform/values'
import { catalog } from './index.ts'
import { createProduct } from './products/create-product/create-product.ts'
import type { AddVariantBody } from './products/variant-schema.ts'
import type { CreateProductBody } from './products/schema.ts'
import type { AdminProduct } from './products/schema.ts'
import { releaseHold } from './stock/release-hold/release-hold.ts'
import { openCatalogCache } from './store/catalog-cache.ts'
import type { CatalogDb } from './store/tables.ts'

type Options = Readonly<{ body?: object; headers?: Readonly<Record<string, string>> }>

/** The catalog with types and attributes for flowers, bouquets and teas, without products, and with a stopped clock. */
export async function openCatalogTest({ size = 20 }: { size?: number } = {}) {
  const { db, pool, openSecondDb, close } = await testDatabase({ size })
  let time = new Date('2026-11-21T09:00:00Z')
  const now = () => time
  const cache = memoryCache({ maxBytes: 32_000_000 })
  /** The purchases that a test has made, as `user product`. */
  const purchases = new Map<string, string>()
  const purchaseOf = async ({ user_id, product_id }: { user_id: string; product_id: string }) => {
    const order_id = purchases.get(`${user_id} ${product_id}`)
    return order_id === undefined ? undefined : { order_id }
  }
  const mails: Mail[] = []
  const verified = new Set([anna.user_id])
  const letters = {
    mailboxesOf: async (user_ids: readonly string[]) =>
      [anna, boris]
        .filter(({ user_id }) => user_ids.includes(user_id))
        .map(({ user_id, email }) => ({ user_id, email: email ?? null, is_email_verified: verified.has(user_id) })),
    mail: { send: async (_tx: unknown, mail: Mail) => void mails.push(mail) },
    origin: () => 'https://shop.example',
  }
  const module = catalog({ db, now, cache, purchaseOf, letters })
  const api = await openTestApi([module])
  await insertTypes(db)
  const needs = { db: db as CatalogDb, now, catalogCache: openCatalogCache(cache) }
  const create = createProduct(needs)

  /** A flower with one variant of 50 pieces, unless `input` says otherwise. */
  const addProduct = async (input: Partial<CreateProductBody> = {}): Promise<AdminProduct> => {
    const name = input.name ?? `Rose ${newId()}`
    const variants = input.variants ?? [{ price: 15_000, stock_quantity: 50 }]
    const created = await create({ type: 'flower', ...input, name, variants }, null, storeNothing)
    if (created.kind !== 'created') assert.fail(JSON.stringify(created))
    return created.product
  }
  const firstVariantId = ({ variants }: AdminProduct) => variants[0]?.id ?? assert.fail('the product has no variant')

  return {
    db: needs.db,
    pool,
    /** Slices that a test calls directly need these. */
    needs,
    module,
    /** The consumer group of the catalog. */
    group: { name: module.name, subscriptions: module.subscriptions ?? [] },
    now,
    advance: (milliseconds: number) => {
      time = new Date(time.getTime() + milliseconds)
    },
    hold: module.api.hold,
    /** Connections that share no transaction with those of `needs`. */
    secondDb: (): CatalogDb => openSecondDb(),
    /** The module as another process has it: it shares no transaction with this one. */
    elsewhere: () => catalog({ db: openSecondDb(), now, cache, purchaseOf, letters }),
    withdrawHold: module.api.withdrawHold,
    expireHold: module.api.expireHold,
    offersOf: module.api.offersOf,
    release: (order_id: string) => transaction(db, (tx) => releaseHold(needs)(tx, order_id)),
    addProduct,
    /** Adds a flower with one variant and returns the id of the variant. */
    addVariant: async (stock_quantity: number, input: AddVariantBody = {}): Promise<string> =>
      firstVariantId(await addProduct({ variants: [{ price: 10_000, stock_quantity, ...input }] })),
    /** Adds a bouquet that costs the sum over its components and returns the id of its variant. */
    addBouquet: async (components: NonNullable<AddVariantBody['components']>): Promise<string> =>
      firstVariantId(await addProduct({ type: 'bouquet', variants: [{ components }] })),
    send: api.send,
    http: api.http,
    /** The e-mails that were queued. */
    mails,
    /** The users with a verified mailbox: Anna, unless a test changes it. */
    verified,
    /** A user has received a product. */
    receive: ({ user_id }: { user_id: string }, product_id: string) =>
      purchases.set(`${user_id} ${product_id}`, newId()),
    /** Sends a request as Olga, who is staff. */
    asStaff: (request: `${string} /${string}`, body?: object, headers?: Options['headers']) =>
      api.send(olga, request, { ...(body && { body }), ...(headers && { headers }) }),
    /** Reads a public page as a guest. */
    read: (path: `/${string}`, locale = 'en') =>
      api.send(guest, `GET ${path.replaceAll(' ', '%20')}` as `GET /${string}`, {
        headers: { 'accept-language': locale },
      }),
    /** Publishes events of other modules and runs the catalog's subscriptions. */
    deliver: async (...events: readonly NewEvent[]) => {
      await transaction(db, (tx) => publish(tx, events))
      await deliverEvents(db, [module])
    },
    /** Bumps the cache when triggers report a change, as the running app does. Returns a function that ends it. */
    watchChanges: () => watchInvalidations({ pool, cache, tags: module.cacheTags ?? [], log: quietLog }).stop,
    assertNoViolations: () => assertNoViolations(module),
    /** The deadlocks of this database. Every connection collects its own statistics and hands them over on a flush. */
    countDeadlocks: async (): Promise<number> => {
      await crowd(size, () => sql`select pg_stat_force_next_flush(), pg_sleep(0.05)`.execute(db))
      const { rows } = await sql<{ deadlocks: number }>`
        select deadlocks::int from pg_stat_database where datname = current_database()`.execute(db)
      return rows[0]?.deadlocks ?? assert.fail('PostgreSQL has no statistics of this database')
    },
    close: async () => {
      await api.close()
      await close()
    },
  }
}

export type CatalogTest = Awaited<ReturnType<typeof openCatalogTest>>

/** The event with which ordering requests the shipment of an order that is paid or accepted. */
export const shipmentFor = (order_id: string) =>
  shipmentRequested({
    order_id,
    number: '1',
    user_id: newId(),
    method: 'courier',
    delivery_address: null,
    recipient_name: null,
    recipient_phone: null,
    comment: null,
    weight_grams: 0,
    cash_to_collect: 0,
    currency: 'RUB',
  })

async function insertTypes(db: Db): Promise<void> {
  const text = (ru: string, en: string) => JSON.stringify({ ru, en })
  const values = (...codes: string[]) => JSON.stringify(codes.map((code) => ({ code, name: { ru: code, en: code } })))
  const filter = { is_filter: true, values: '[]' }
  const [flowerTypes, tastes] = [values('rose', 'tulip'), values('honey', 'smoke', 'berries')]
  await db
    .insertInto('catalog.attributes')
    .values([
      {
        ...filter,
        code: 'flower_type',
        name: text('Цветок', 'Flower'),
        kind: 'enum',
        ui_hint: 'chips',
        values: flowerTypes,
      },
      { ...filter, code: 'height', name: text('Высота', 'Height'), kind: 'number', ui_hint: 'slider' },
      { ...filter, code: 'taste', name: text('Вкус', 'Taste'), kind: 'multi_enum', ui_hint: 'chips', values: tastes },
    ])
    .execute()
  await db
    .insertInto('catalog.types')
    .values([
      { code: 'flower', plural: 'flowers', name: text('Цветок', 'Flower') },
      { code: 'bouquet', plural: 'bouquets', name: text('Букет', 'Bouquet') },
      { code: 'tea', plural: 'teas', name: text('Чай', 'Tea') },
    ])
    .execute()
  await db
    .insertInto('catalog.type_attributes')
    .values([
      { type_code: 'flower', attribute_code: 'flower_type' },
      { type_code: 'flower', attribute_code: 'height' },
      { type_code: 'tea', attribute_code: 'taste' },
    ])
    .execute()
}
