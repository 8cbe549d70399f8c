import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { paymentCancellationRequested, paymentRequested } from '#ordering/events'
import { payLinksOf, payments, type Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { openPaymentsTest, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

test('a provider gets an absolute address to return to, even when the shop has no public one (PAY-3)', async () => {
  const returnUrls: string[] = []
  const bank = sandbox({ db: shop.db, mode: 'page' })
  const provider: Provider = {
    ...bank,
    start: async (input) => {
      returnUrls.push(input.return_url)
      return await bank.start(input)
    },
  }
  const module = payments({
    db: shop.db,
    now: () => new Date(),
    payLinks: payLinksOf('a secret of payment links'),
    sandboxMode: 'page',
    providers: [provider],
    returnOrigin: () => 'http://127.0.0.1:8000',
    paymentRequests: [paymentRequested],
    paymentCancellations: [paymentCancellationRequested],
    refundRequests: [],
  })
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await shop.deliver(module)
  assert.deepEqual(returnUrls, [`http://127.0.0.1:8000${payLinksOf('a secret of payment links').pathOf(order.id)}`])
})
