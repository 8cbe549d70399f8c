import { after, before, test } from 'node:test'
import { sql, type RawBuilder } from 'kysely'
import { expectProblem, raceFor, type TestResponse } from '#platform/testing'
import { type CatalogTest, openCatalogTest } from '../testing.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

/** Sends a request while `deletion` is not committed, and commits it once the request waits for it. */
const whileDeleting = (deletion: RawBuilder<unknown>, send: () => Promise<TestResponse>) =>
  raceFor(catalog.db, { lock: deletion, waiting: 1, start: send })

test('a product of a type that is being deleted is refused (F-62, CAT-3)', async () => {
  await sql`insert into catalog.types (code, plural, name) values ('fading', 'fadings', '{"ru": "x", "en": "x"}')`.execute(
    catalog.db,
  )
  const body = { type: 'fading', name: 'Late', variants: [{ price: 100 }] }
  const response = await whileDeleting(sql`delete from catalog.types where code = 'fading'`, () =>
    catalog.asStaff('POST /admin/products', body),
  )
  expectProblem(response, 400, 'unknown-type')
})

test('a bundle of a variant that is being deleted is refused (F-62, CAT-5)', async () => {
  const rose = await catalog.addVariant(5)
  const body = {
    type: 'bouquet',
    name: 'Late bouquet',
    variants: [{ components: [{ variant_id: rose, quantity: 1 }] }],
  }
  const response = await whileDeleting(sql`delete from catalog.variants where id = ${rose}`, () =>
    catalog.asStaff('POST /admin/products', body),
  )
  expectProblem(response, 400, 'unknown-component')
})

test('a variant that is being put into a bundle is not deleted (F-62, CAT-5)', async () => {
  const [rose, bouquet] = [
    await catalog.addVariant(5),
    await catalog.addBouquet([{ variant_id: await catalog.addVariant(5), quantity: 1 }]),
  ]
  const addition = sql`insert into catalog.bundle_components (bundle_id, component_id, quantity) values (${bouquet}, ${rose}, 2)`
  const response = await whileDeleting(addition, () => catalog.asStaff(`DELETE /admin/variants/${rose}`))
  expectProblem(response, 409, 'in-a-bundle')
  await catalog.assertNoViolations()
})
