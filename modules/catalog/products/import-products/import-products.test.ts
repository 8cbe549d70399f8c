import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { orderFulfilled } from '#ordering/events'
import { memoryCache } from '#platform/cache'
import { expectResponse } from '#platform/testing'
import { openProductFiles, UnreadableFile } from '../../index.ts'
import { type CatalogTest, openCatalogTest } from '../../testing.ts'
import type { AdminProduct } from '../schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
  for (const slug of ['roses', 'tulips'])
    expectResponse(await catalog.asStaff('POST /admin/categories', { name: slug, slug }), 201)
  expectResponse(await catalog.asStaff('POST /admin/tags', { name: 'Spring', slug: 'spring' }), 201)
})
after(() => catalog.close())

const filesOf = ({ db, now }: CatalogTest) => openProductFiles({ db, now, cache: memoryCache({ maxBytes: 1_000_000 }) })

type Options = Readonly<{ isDryRun?: boolean; into?: CatalogTest; stock?: 'set' }>

async function importText(text: string, { isDryRun = false, into = catalog, stock }: Options = {}) {
  const changes: string[] = []
  const errors: string[] = []
  const onError = (line: number, { column, reason }: { column: string | null; reason: string }) =>
    void errors.push(`${line} ${column} ${reason}`)
  const onStock = (line: number, { sku, from, to }: { sku: string; from: number; to: number }) =>
    void changes.push(`${line} ${sku} ${from} ${to}`)
  const options = { isDryRun, stock, user_id: null, onError, onStock, onProgress: () => {} }
  const { lines: _lines, ...summary } = await filesOf(into).importProducts(Readable.from([text]), options)
  return { ...summary, errors, ...(changes.length > 0 && { changes }) }
}

async function exportText(from = catalog): Promise<string> {
  const rows: (readonly string[])[] = []
  for await (const row of filesOf(from).exportProducts()) rows.push(row)
  return stringify(rows)
}

/** The line of a variant in an export. */
async function lineOf(sku: string): Promise<Record<string, string>> {
  const lines = parse(await exportText(), { columns: true }) as Record<string, string>[]
  return lines.find((line) => line['sku'] === sku) ?? assert.fail()
}

const file = `sku,product,type,category,tags,name_ru,name_en,attributes,title_en,price,compare_at_price,components,on_hand,is_active
CSV-RED,csv-red,flower,roses,spring,Роза,"Rose, red","{""flower_type"":""rose"",""height"":60}",,15000,20000,,7,true
CSV-TULIP-1,csv-tulip,flower,tulips,,Тюльпан,Tulip,"{""flower_type"":""tulip""}",One,9000,,,5,true
CSV-TULIP-5,csv-tulip,flower,tulips,,Тюльпан,Tulip,"{""flower_type"":""tulip""}",Five,40000,,,2,false
CSV-BUNCH,csv-bunch,bouquet,,,Букет,Bunch,,,computed,,CSV-RED*3~CSV-TULIP-1~CSV-TULIP-5|CSV-TULIP-1*2,,true
`

const created = { created: 4, changed: 0, unchanged: 0, failed: 0, errors: [] }

test('a dry run finds what an import would do, and changes nothing (CAT-12)', async () => {
  const before = await exportText()
  assert.deepEqual(await importText(file, { isDryRun: true }), created)
  assert.equal(await exportText(), before)
})

test('a file creates products, variants, bundles and stock, and a second import changes nothing (CAT-12)', async () => {
  assert.deepEqual(await importText(file), created)
  const { rows } = await catalog.pool.query(
    `select sku, price, catalog.available(id) as free from catalog.variants where sku like 'CSV-%' order by sku`,
  )
  assert.deepEqual(rows, [
    { sku: 'CSV-BUNCH', price: 63_000, free: 2 },
    { sku: 'CSV-RED', price: 15_000, free: 7 },
    { sku: 'CSV-TULIP-1', price: 9000, free: 5 },
    { sku: 'CSV-TULIP-5', price: 40_000, free: 2 },
  ])
  assert.deepEqual(await importText(file), { ...created, created: 0, unchanged: 4 })
  await catalog.assertNoViolations()
})

test('an import changes what the file says, and leaves what it does not say (CAT-12)', async () => {
  const change = 'sku,price,on_hand,category,product_state\nCSV-RED,16000,9,,hidden\n'
  const changes = ['2 CSV-RED 7 9']
  assert.deepEqual(await importText(change, { stock: 'set' }), { ...created, created: 0, changed: 1, changes })
  const { items } = (await catalog.asStaff('GET /admin/products?search=CSV-RED')).body as { items: AdminProduct[] }
  const [product] = items
  const [variant] = product?.variants ?? []
  assert.deepEqual(
    [
      product?.name.en,
      product?.category_id,
      product?.is_active,
      variant?.price,
      variant?.compare_at_price,
      variant?.on_hand,
    ],
    ['Rose, red', null, false, 16_000, 20_000, 9],
  )
  assert.deepEqual(await importText('sku,product_state\nCSV-RED,active\n'), { ...created, created: 0, changed: 1 })
  await catalog.assertNoViolations()
})

test('a file changes the stock by what staff changed in it, and never brings sold pieces back (CAT-12, CAT-13)', async () => {
  const line = await lineOf('CSV-TULIP-5')
  assert.deepEqual([line['on_hand'], line['expected_on_hand']], ['2', '2'])
  const importLine = async (change: object, options?: Options) =>
    await importText(stringify([{ ...line, ...change }], { header: true }), options)
  const changed = { ...created, created: 0, changed: 1 }
  const refused = { ...created, created: 0, failed: 1, errors: ['2 on_hand stock-changed'] }

  const { rows } = await catalog.pool.query<{ id: string }>(`select id from catalog.variants where sku = 'CSV-TULIP-5'`)
  const sold = { delta: -1, reason: 'sold in the shop' }
  expectResponse(await catalog.asStaff(`POST /admin/variants/${rows[0]?.id}/stock`, sold), 201)
  assert.deepEqual(await importLine({}), { ...changed, changed: 0, unchanged: 1 })
  assert.deepEqual(await importLine({ price: '41000' }), changed)
  assert.deepEqual(await importLine({ price: '42000', on_hand: '5' }), refused)
  assert.deepEqual(await importText('sku,price,on_hand\nCSV-TULIP-5,41000,2\n'), {
    ...changed,
    changed: 0,
    unchanged: 1,
  })
  const current = { ...(await lineOf('CSV-TULIP-5')), on_hand: '4' }
  const changes = ['2 CSV-TULIP-5 1 4']
  assert.deepEqual(await importLine(current, { isDryRun: true }), { ...changed, changes })
  assert.deepEqual(await importLine(current), { ...changed, changes })
  assert.deepEqual(await importLine(current), { ...changed, changed: 0, unchanged: 1 })
  assert.deepEqual(await importLine({ price: '40000', on_hand: '2' }, { stock: 'set' }), {
    ...changed,
    changes: ['2 CSV-TULIP-5 4 2'],
  })
})

test('a file that was imported before the pieces were sold brings none of them back (CAT-12, CAT-13)', async () => {
  const id = await catalog.addVariant(5, { sku: 'CSV-SOLD' })
  const { expected_on_hand = '', stock_version = '' } = await lineOf('CSV-SOLD')
  const text = `sku,on_hand,expected_on_hand,stock_version\nCSV-SOLD,10,${expected_on_hand},${stock_version}\n`
  assert.deepEqual((await importText(text)).changes, ['2 CSV-SOLD 5 10'])
  assert.deepEqual((await importText(text)).unchanged, 1)

  const order_id = crypto.randomUUID()
  const items = [{ variant_id: id, quantity: 5 }]
  await catalog.hold({ order_id, items, expires_at: catalog.now() })
  await catalog.deliver(orderFulfilled({ order_id, user_id: crypto.randomUUID(), payment_method: 'online' }))
  for (const isDryRun of [true, false]) {
    const { errors, failed } = await importText(text, { isDryRun })
    assert.deepEqual([errors, failed], [['2 on_hand stock-changed'], 1])
  }
  assert.deepEqual((await lineOf('CSV-SOLD'))['on_hand'], '5')
  await catalog.assertNoViolations()
})

test('a file without the version of the stock changes no pieces, and says why (CAT-12)', async () => {
  await catalog.addVariant(5, { sku: 'CSV-BY-HAND' })
  for (const version of ['', ',stock_version']) {
    const text = `sku,on_hand,expected_on_hand${version}\nCSV-BY-HAND,10,5${version && ','}\n`
    const { errors, failed } = await importText(text)
    assert.deepEqual([errors, failed], [['2 stock_version stock-version-missing'], 1])
  }
  assert.equal((await importText('sku,on_hand,expected_on_hand\nCSV-BY-HAND,5,4\n')).unchanged, 1)
  assert.deepEqual((await importText('sku,on_hand\nCSV-BY-HAND,10\n', { stock: 'set' })).changes, [
    '2 CSV-BY-HAND 5 10',
  ])
})

test('one file that is imported several times at once changes the pieces once (CAT-12)', async () => {
  await catalog.addVariant(5, { sku: 'CSV-ONCE' })
  const text = stringify([{ ...(await lineOf('CSV-ONCE')), on_hand: '8' }], { header: true })
  const results = await Promise.all([1, 2, 3, 4].map(() => importText(text)))
  assert.deepEqual(
    results.flatMap(({ changes = [] }) => changes),
    ['2 CSV-ONCE 5 8'],
  )
  assert.deepEqual(
    results.flatMap(({ errors }) => errors),
    [],
  )
  await catalog.assertNoViolations()
})

test('a line that is refused changes nothing, and a dry run refuses it too (CAT-12, CAT-13)', async () => {
  const product = await catalog.addProduct({ variants: [{ sku: 'CSV-PART', price: 1000, stock_quantity: 5 }] })
  await catalog.addBouquet([{ variant_id: product.variants[0]?.id ?? '', quantity: 999 }])
  const before = await lineOf('CSV-PART')
  const { stock_version = '' } = before
  const { rows: events } = await catalog.pool.query('select count(*)::int as count from platform.event')
  const refused = [
    { column: 'price', value: '100000000', reason: 'price-limit-exceeded' },
    { column: 'compare_at_price', value: '999', reason: 'bad-compare-at-price' },
  ]
  for (const { column, value, reason } of refused) {
    const text = `sku,${column},on_hand,expected_on_hand,stock_version\nCSV-PART,${value},10,5,${stock_version}\n`
    for (const isDryRun of [true, false]) {
      const errors = [`2 null ${reason}`]
      assert.deepEqual(await importText(text, { isDryRun }), { ...created, created: 0, failed: 1, errors })
    }
  }
  // The state of the product is written last: an active product needs a variant to sell.
  const hiding = `sku,price,on_hand,is_active,product_state\nCSV-PART,1100,7,false,active\n`
  await catalog.pool.query('update catalog.products set is_active = false where id = $1', [product.id])
  const hidden = await importText(hiding, { stock: 'set' })
  assert.deepEqual([hidden.errors, hidden.changes], [['2 null nothing-to-sell'], undefined])
  await catalog.pool.query('update catalog.products set is_active = true where id = $1', [product.id])
  assert.deepEqual(await lineOf('CSV-PART'), before)
  const { rows: after } = await catalog.pool.query('select count(*)::int as count from platform.event')
  assert.deepEqual(after, events)
  await catalog.assertNoViolations()
})

test('a dry run finds no fault in a line that relies on the lines before it (CAT-12)', async () => {
  const { id, slug } = await catalog.addProduct({
    variants: [
      { sku: 'CSV-FIRST', price: 100, is_active: false },
      { sku: 'CSV-SECOND', price: 100 },
    ],
  })
  await catalog.pool.query('update catalog.products set is_active = false where id = $1', [id])
  const text = `sku,product,is_active,product_state\nCSV-FIRST,${slug},true,active\nCSV-SECOND,${slug},false,active\n`
  for (const isDryRun of [true, false])
    assert.deepEqual(await importText(text, { isDryRun }), { ...created, created: 0, changed: 2 })
})

test('imports and orders of the same variants at once all end (CAT-12, CAT-13)', async () => {
  const skus = Array.from({ length: 8 }, (_, i) => `CSV-BUSY-${i}`)
  const ids = await Promise.all(skus.map((sku) => catalog.addVariant(50, { sku })))
  await catalog.addBouquet(ids.map((variant_id) => ({ variant_id, quantity: 2 })))
  const order = (i: number) => {
    const items = ids.map((variant_id) => ({ variant_id, quantity: 1 + (i % 2) }))
    return catalog.hold({ order_id: crypto.randomUUID(), items, expires_at: catalog.now() })
  }
  const textOf = (price: number) =>
    `sku,price,on_hand,name_en\n${skus.map((sku) => `${sku},${price},${price},Busy ${price}`).join('\n')}\n`
  const [held, ...imported] = await Promise.all([
    Promise.all(Array.from({ length: 10 }, (_, i) => order(i))),
    ...[60, 70].map((price) => importText(textOf(price), { stock: 'set' })),
  ])
  assert.ok(held.every(({ kind }) => kind === 'held'))
  for (const { errors } of imported) for (const error of errors) assert.match(error, /on_hand stock-changed$/)
  await catalog.assertNoViolations()
})

test('each wrong line says its column and its reason, and stops no other line (CAT-12)', async () => {
  const text = `sku,product,type,category,tags,name_en,attributes,price,components,on_hand
BAD-PRICE,bad-price,flower,,,Rose,,cheap,,1
BAD-TYPE,bad-type,stone,,,Stone,,100,,1
BAD-CATEGORY,bad-category,flower,nowhere,autumn,Rose,,100,,1
BAD-HEIGHT,bad-height,flower,,,Rose,"{""height"":""tall""}",100,,1
BAD-PART,bad-part,bouquet,,,Bunch,,computed,NOTHING*2,
GOOD,good,flower,,,Rose,,100,,1
GOOD,good,flower,,,Rose,,100,,1
CSV-RED,csv-tulip,flower,roses,spring,Rose,,100,,1
NO-PRICE,no-price,flower,,,Rose,,,,1
`
  const errors = [
    '2 price invalid-value',
    '3 type unknown-type',
    '4 category unknown-category',
    '4 tags unknown-tag',
    '5 attributes bad-attribute-value',
    '6 components unknown-component',
    '8 sku sku-twice',
    '9 product sku-of-another-product',
    '10 price missing',
  ]
  for (const isDryRun of [true, false]) {
    const outcome = await importText(text, { isDryRun })
    assert.deepEqual(outcome.errors.toSorted(byLine), errors)
    assert.deepEqual([outcome.created, outcome.failed], [1, 8])
  }
})

const byLine = (one: string, other: string) => parseInt(one, 10) - parseInt(other, 10) || (one < other ? -1 : 1)

test('a file that is no product file is refused (CAT-12)', async () => {
  await assert.rejects(importText('sku,colour\n1,red\n'), UnreadableFile)
  await assert.rejects(importText('sku,price\n"A,1\n'), UnreadableFile)
  await assert.rejects(importText(`sku,name_en\nA,"${'x'.repeat(250_000)}"\n`), UnreadableFile)
})

test('a file with semicolons or tabs says how to save it, in both languages (CAT-12)', async () => {
  for (const [separator, said] of [
    [';', /точкой с запятой: сохраните файл как CSV с запятыми/],
    ['\t', /табуляцией/],
  ] as const) {
    const text = file.replaceAll(',', separator)
    await assert.rejects(importText(text), (error) => {
      assert.ok(error instanceof UnreadableFile)
      assert.match(error.texts.ru, said)
      assert.match(error.texts.en, /save the file as CSV with commas/)
      return true
    })
  }
})

test('a product whose first line is a variant that is not on sale is on sale with its second line (CAT-9, CAT-12)', async () => {
  const text = `sku,product,type,product_state,name_en,price,is_active
OFF-1,off-first,flower,active,Off first,100,false
OFF-2,off-first,flower,active,Off first,200,true
OFF-3,off-only,flower,active,Off only,300,false
`
  const summary = await importText(text)
  assert.deepEqual([summary.created, summary.errors], [3, []])
  const stateOf = async (slug: string) => {
    const { rows } = await catalog.pool.query(`select is_active from catalog.products where slug = $1`, [slug])
    return rows[0]?.is_active
  }
  assert.deepEqual([await stateOf('off-first'), await stateOf('off-only')], [true, false])
  await catalog.assertNoViolations()
})

test('pieces that orders reserve are not taken by an import (CAT-12, CAT-13)', async () => {
  const { rows } = await catalog.pool.query(`select id from catalog.variants where sku = 'CSV-TULIP-1'`)
  const items = [{ variant_id: rows[0].id as string, quantity: 4 }]
  await catalog.hold({ order_id: crypto.randomUUID(), items, expires_at: catalog.now() })
  const { errors, failed } = await importText('sku,on_hand\nCSV-TULIP-1,3\n', { stock: 'set' })
  assert.deepEqual([errors, failed], [['2 null pieces-are-reserved'], 1])
})

test('two imports of one file at once create each product once (CAT-12)', async () => {
  const lines = Array.from({ length: 30 }, (_, i) => `RACE-${i},race-${i % 10},flower,Rose ${i % 10},100,5`)
  const text = `sku,product,type,name_en,price,on_hand\n${lines.join('\n')}\n`
  await Promise.all([importText(text), importText(text)])
  assert.equal((await importText(text)).unchanged, 30)
  const { rows } = await catalog.pool.query(
    `select count(*)::int as count from catalog.products where slug like 'race-%'`,
  )
  assert.equal(rows[0].count, 10)
  await catalog.assertNoViolations()
})

test('two imports that set the same stock at once set it once (CAT-12)', async () => {
  const skus = Array.from({ length: 20 }, (_, i) => `RACE-${i}`)
  const text = `sku,on_hand\n${skus.map((sku) => `${sku},9`).join('\n')}\n`
  await Promise.all([1, 2, 3].map(() => importText(text, { stock: 'set' })))
  const { rows } = await catalog.pool.query<{ on_hand: number }>(
    'select on_hand from catalog.stock join catalog.variants on id = variant_id where sku = any($1)',
    [skus],
  )
  assert.deepEqual(new Set(rows.map(({ on_hand }) => on_hand)), new Set([9]))
  await catalog.assertNoViolations()
})

test('an export that is imported into an empty shop exports the same (CAT-12)', async () => {
  const exported = await exportText()
  const other = await openCatalogTest({ size: 6 })
  try {
    for (const slug of ['roses', 'tulips'])
      expectResponse(await other.asStaff('POST /admin/categories', { name: slug, slug }), 201)
    expectResponse(await other.asStaff('POST /admin/tags', { name: 'Spring', slug: 'spring' }), 201)
    const { failed, errors } = await importText(exported, { into: other })
    assert.deepEqual([failed, errors], [0, []])
    assert.equal(withoutVersions(await exportText(other)), withoutVersions(exported))
    assert.equal((await importText(exported, { into: other })).changed, 0)
  } finally {
    await other.close()
  }
})

/** The version of a stock belongs to its shop. */
const withoutVersions = (text: string): string => {
  const lines = parse(text, { columns: true }) as Record<string, string>[]
  return stringify(
    lines.map((line) => ({ ...line, stock_version: '' })),
    { header: true },
  )
}
