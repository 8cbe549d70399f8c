import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Type } from 'typebox'
import { defineEvent, subscribe } from '#platform/events'
import type { Module } from '#platform/module'
import { describeModules } from '../../apps/services/describe-modules.ts'
import { services } from '../../apps/services/services.ts'
import { declaredCalls, readModuleCalls } from '../../scripts/module-calls.ts'
import { withModuleMap } from '../../scripts/module-map.ts'

const page = `before
<!-- module map: any text -->
old
<!-- end of the module map -->
after
`

const payload = Type.Object({ order_id: Type.String() })
const created = defineEvent('ordering.order-created.v1', { description: 'ordered', key: 'order_id', payload })
const secondVersion = defineEvent('ordering.order-created.v2', { description: 'ordered', key: 'order_id', payload })
const ordering: Module = { name: 'ordering', api: { stateOf: () => [] }, publishes: [created, secondVersion] }
const cart: Module = {
  name: 'cart',
  api: { linesOf: () => [], guestCartOf: () => [] },
  subscriptions: [subscribe(secondVersion, async () => {}), subscribe(secondVersion, async () => {})],
}

test('the map lists what each module publishes, handles, calls and offers, and nothing twice', () => {
  const calls = new Map([
    ['ordering', ['cart.linesOf']],
    ['cart', ['ordering.stateOf']],
  ])
  assert.equal(
    withModuleMap(page, [ordering, cart], calls),
    `before
<!-- module map: written by \`npm run docs\` from what each module declares -->

- **[ordering](modules/ordering/README.md)** _publishes_ \`order-created\` → no module; \`order-created.v2\` → cart. _api_ \`stateOf\`
  → cart. _calls_ cart: \`linesOf\`.
- **[cart](modules/cart/README.md)** _handles_ ordering: \`order-created.v2\`. _api_ \`linesOf\` → ordering; \`guestCartOf\` → no
  module. _calls_ ordering: \`stateOf\`.

These pairs of modules call each other: cart and ordering.

<!-- end of the module map -->
after
`,
  )
})

test('a page without markers is not overwritten', () => {
  assert.throws(() => withModuleMap('nothing', [], new Map()), /no place for the module map/)
})

test('a call of a function that no api has is refused', () => {
  const calls = new Map([['cart', ['ordering.oldFunction']]])
  assert.throws(() => withModuleMap(page, [ordering, cart], calls), /cart calls ordering.oldFunction, which no api has/)
})

test('calls are found in the types of a module, and in the functions that apps/modules.ts passes to it', () => {
  const interfaces = {
    cart: `import type { CatalogApi } from '#catalog'
      import type { PromotionsApi } from '#promotions/api'
      type Needs = Readonly<{
        catalog: Pick<CatalogApi, 'offersOf'>
        promotions: Pick<PromotionsApi, 'factsOf' | 'quote'>
        hasProduct: CatalogApi['hasProduct']
        row: Pick<CartRow, 'id'>
      }>`,
    catalog: '',
    media: '',
    support: '',
  }
  const wiring = `
    open('catalog', openCatalog)
    open('cart', ({ db, apis }) => cart({ db, catalog: apis.catalog }))
    const found = { media: open('media', (opening) => openMedia(opening, catalogModule.api)) }
    const authenticate = opening.apis.identity.authenticate
    function openCatalog({ apis }: Opening) {
      return catalog({ purchaseOf: apis.ordering.purchaseOf, again: apis.ordering.purchaseOf })
    }
    const openMedia = ({ db }: Opening, { hasProduct }: Pick<CatalogApi, 'hasProduct'>) => media({ db, hasProduct })`
  assert.deepEqual(Object.fromEntries(declaredCalls({ interfaces, wiring })), {
    cart: ['catalog.hasProduct', 'catalog.offersOf', 'promotions.factsOf', 'promotions.quote'],
    catalog: ['ordering.purchaseOf'],
    media: ['catalog.hasProduct'],
    support: [],
  })
})

/** The HTTP server calls it. */
const withoutCaller = ['identity.authenticate']

test('every function of an api has a caller in the map', async () => {
  const { modules, close } = describeModules()
  const called = new Set([...readModuleCalls(modules.map(({ name }) => name)).values()].flat())
  const offered = modules.flatMap(({ name, api }) => Object.keys(api ?? {}).map((one) => `${name}.${one}`))
  assert.deepEqual(
    offered.filter((one) => !called.has(one)),
    withoutCaller,
  )
  await close()
})

test('the pictures of README and ARCHITECTURE name the modules of each service, and their borders are straight', () => {
  for (const path of ['README.md', 'ARCHITECTURE.md']) {
    const text = readFileSync(join(import.meta.dirname, '../..', path), 'utf8')
    const picture = /^```\n([^`]*?┌─[^]*?)^```$/m.exec(text)?.[1] ?? ''
    for (const { modules } of Object.values(services))
      for (const name of modules) assert.match(picture, new RegExp(`\\b${name}\\b`), path)
    const indent = /^( *)┌/m.exec(picture)?.[1] ?? ''
    const border = new RegExp(`^${indent}[┌├└│].*[┐┤┘│]`, 'gm')
    const lengths = new Set(Array.from(picture.matchAll(border), ([line]) => line.length))
    assert.equal(lengths.size, 1, `${path} has lines of the lengths ${[...lengths].join(', ')}`)
  }
})
