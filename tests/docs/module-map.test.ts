import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { defineEvent, subscribe } from '#platform/events'
import type { Module } from '#platform/module'
import { withModuleMap } from '../../scripts/module-map.ts'

const page = `before
<!-- module map: written by \`npm run docs\`, from the doors of the modules -->
old
<!-- end of the module map -->
after
`

const payload = Type.Object({ order_id: Type.String() })
const told = defineEvent('ordering.order-created.v1', { description: 'ordered', key: 'order_id', payload })
const toldAnew = defineEvent('ordering.order-created.v2', { description: 'ordered', key: 'order_id', payload })
const ordering: Module = { name: 'ordering', api: {}, publishes: [told, toldAnew] }
const cart: Module = { name: 'cart', api: { linesOf: () => [] }, subscriptions: [subscribe(toldAnew, async () => {})] }

test('the map says who tells, who hears, what is asked and what is answered', () => {
  assert.equal(
    withModuleMap(page, [ordering, cart]),
    `before
<!-- module map: written by \`npm run docs\`, from the doors of the modules -->

- **[ordering](modules/ordering/README.md)** _tells_ \`order-created\` → nobody yet; \`order-created.v2\` → cart. _asks_
  \`cart.linesOf\`; \`catalog.hold\`.
- **[cart](modules/cart/README.md)** _hears_ ordering: \`order-created.v2\`. _asks_ \`catalog.offersOf\`. _answers_
  \`linesOf\`.

<!-- end of the module map -->
after
`,
  )
})

test('a page that lost its markers is not written over', () => {
  assert.throws(() => withModuleMap('nothing', []), /belongs between/)
})
