import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operations } from './openapi.ts'

type Bounded = Readonly<{
  maximum: number
  maxItems: number
  items: Bounded
  anyOf: readonly Bounded[]
  properties: Readonly<Record<string, Bounded>>
}>

/** The schema of the body of `POST path`. */
function bodyOf(path: string): Bounded {
  const found = operations.find((each) => each.method === 'post' && each.path === `/api/v1${path}`)
  const schema: unknown = found?.body?.content?.['application/json']?.schema
  assert.ok(schema, `POST ${path} takes no body`)
  return schema as Bounded
}

const exact = (sum: number, what: string) => assert.ok(Number.isSafeInteger(sum), `${what} may amount to ${sum}`)

test('the most expensive order, cart and bundle that the bounds allow stay exact integers (rule 3, rule 7)', () => {
  const { properties: variant } = bodyOf('/admin/bundles')
  const price = variant['price']?.maximum ?? NaN
  const { maxItems: parts, items: part } = variant['components'] ?? assert.fail()
  const { maxItems: lines, items: line } = bodyOf('/orders').properties['items'] ?? assert.fail()
  const pieces = Math.max(...line.anyOf.map(({ properties }) => properties['quantity']?.maximum ?? NaN))
  const grams = variant['weight_grams']?.maximum ?? NaN

  exact(price * lines * pieces, 'an order')
  exact(price * parts * (part.properties['quantity']?.maximum ?? NaN), 'the components of a bundle')
  exact(grams * lines * pieces, 'the weight of an order')
  const inCart = bodyOf('/cart/items').properties['quantity']?.maximum ?? NaN
  exact(price * inCart * 100, 'a cart of a hundred items')
})
