import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { defineEvent, subscribe } from '#platform/events'
import type { Module } from '#platform/module'
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
const ordering: Module = { name: 'ordering', api: {}, publishes: [created, secondVersion] }
const cart: Module = {
  name: 'cart',
  api: { linesOf: () => [] },
  subscriptions: [subscribe(secondVersion, async () => {})],
}

test('the map lists what each module publishes, handles, calls and offers', () => {
  assert.equal(
    withModuleMap(page, [ordering, cart]),
    `before
<!-- module map: written by \`npm run docs\` from the index.ts of each module -->

- **[ordering](modules/ordering/README.md)** _publishes_ \`order-created\` → no module yet; \`order-created.v2\` → cart.
  _calls_ \`cart.linesOf\`; \`cart.guestCartOf\`; \`catalog.hold\`; \`catalog.withdrawHold\`; \`catalog.expireHold\`;
  \`catalog.listIdleHolds\`; \`catalog.expireIdleHolds\`; \`identity.accountsOf\`.
- **[cart](modules/cart/README.md)** _handles_ ordering: \`order-created.v2\`. _calls_ \`catalog.offersOf\`. _api_
  \`linesOf\`.

<!-- end of the module map -->
after
`,
  )
})

test('a page without markers is not overwritten', () => {
  assert.throws(() => withModuleMap('nothing', []), /no place for the module map/)
})
