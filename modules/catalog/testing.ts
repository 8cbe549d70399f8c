import type { FastifyInstance } from 'fastify'
import type { Kysely } from 'kysely'
import { memoryCache } from '#platform/cache'
import { transaction, type Db } from '#platform/db'
import type { NewEvent } from '#platform/events'
import { publish } from '#platform/events'
import { storeNothing } from '#platform/outcome'
import { bearer, deliverEvents, olga, testDatabase, testServer } from '#platform/testing'
import { newId } from '#platform/values'
import { createProduct, type ProductInput } from './create-product/create-product.ts'
import { catalog } from './index.ts'
import { release } from './release-hold/release-hold.ts'
import { openShelf } from './shelf.ts'
import type { CatalogTables } from './tables.ts'

type Asked = Readonly<{
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  body?: object
  locale?: string
  as?: string
  headers?: object
}>

/** A shop for the catalog's own tests: flowers, bouquets and teas with two attributes, and a clock that stands still. */
export async function openTestShop({ size = 20 }: { size?: number } = {}) {
  const { db, pool, close } = await testDatabase({ size })
  let moment = new Date('2026-11-21T09:00:00Z')
  const now = () => moment
  const cache = memoryCache({ maxBytes: 32_000_000 })
  const module = catalog({ db, now, cache })
  const http: FastifyInstance = await testServer([module])
  await describeGoods(db)
  const shelf = openShelf(cache)
  const create = createProduct({ db, now, shelf })

  const sell = async (input: Partial<ProductInput> = {}) => {
    const name = input.name ?? `Rose ${newId()}`
    const variants = input.variants ?? [{ price: 15_000, stock_quantity: 50 }]
    const created = await create({ type: 'flower', ...input, name, variants }, null, storeNothing)
    if (created.kind !== 'created') throw new Error(JSON.stringify(created))
    return created.product
  }

  return {
    db: db as Kysely<CatalogTables>,
    pool,
    shop: module.api,
    module,
    http,
    now,
    sell,
    /** The id of a new product's only variant. */
    sellOne: async (stock_quantity: number, rest: Partial<ProductInput['variants'][number]> = {}) => {
      const { variants } = await sell({ variants: [{ price: 10_000, stock_quantity, ...rest }] })
      return variants[0]?.id ?? ''
    },
    bind: async (components: readonly { variant_id: string; quantity: number }[]) => {
      const { variants } = await sell({ type: 'bouquet', variants: [{ components: [...components] }] })
      return variants[0]?.id ?? ''
    },
    /** What the catalog does when an order is cancelled. */
    release: (order_id: string) => transaction(db, (tx) => release(tx, order_id, { now, shelf })),
    pass: (milliseconds: number) => {
      moment = new Date(moment.getTime() + milliseconds)
    },
    /** Asks over HTTP, as Olga unless told otherwise. */
    ask: async (path: string, { method = 'GET', body, locale = 'en', as = bearer(olga), headers }: Asked = {}) => {
      const answer = await http.inject({
        method,
        url: `/api/v1${path}`,
        headers: { 'accept-language': locale, ...(as && { authorization: as }), ...headers },
        ...(body && { payload: body }),
      })
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: answer.body === '' ? undefined : answer.json(),
      }
    },
    /** Another module tells something, and the catalog hears it. */
    subscriptions: async (...events: readonly NewEvent[]) => {
      await transaction(db, (tx) => publish(tx, events))
      await deliverEvents(db, [module])
    },
    close: async () => {
      await http.close()
      await close()
    },
  }
}

export type TestShop = Awaited<ReturnType<typeof openTestShop>>

async function describeGoods(db: Db): Promise<void> {
  const text = (ru: string, en: string) => JSON.stringify({ ru, en })
  const values = (...codes: string[]) => JSON.stringify(codes.map((code) => ({ code, name: { ru: code, en: code } })))
  await db
    .insertInto('catalog.attributes')
    .values([
      {
        code: 'flower_type',
        name: text('Цветок', 'Flower'),
        kind: 'enum',
        ui_hint: 'chips',
        is_filter: true,
        values: values('rose', 'tulip'),
      },
      {
        code: 'height',
        name: text('Высота', 'Height'),
        kind: 'number',
        ui_hint: 'slider',
        is_filter: true,
        values: '[]',
      },
      {
        code: 'taste',
        name: text('Вкус', 'Taste'),
        kind: 'multi_enum',
        ui_hint: 'chips',
        is_filter: true,
        values: values('honey', 'smoke', 'berries'),
      },
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
