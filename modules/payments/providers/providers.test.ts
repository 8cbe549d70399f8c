import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { crowd } from '#platform/testing'
import { newId } from '#platform/values'
import type { Provider, SandboxMode } from '../index.ts'
import { openPaymentsTest, type PaymentsTest } from '../testing.ts'
import { cash } from './cash.ts'
import { sandbox } from './sandbox.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

const newInput = (amount = 1000) => ({ payment_id: newId(), amount, currency: 'RUB', description: '', return_url: '' })
const bank = (mode: SandboxMode = 'page') => sandbox({ db: shop.db, mode })

const adapters: Readonly<Record<string, () => Provider>> = { sandbox: () => bank(), cash: () => cash }
for (const [name, open] of Object.entries(adapters)) {
  void suite(`the provider ${name} keeps the contract of every provider (PAY-3)`, () => {
    test('a start that is repeated returns the same charge with the requested amount', async () => {
      const input = newInput()
      const first = await open().start(input)
      assert.deepEqual([first.status, first.amount, first.currency], ['pending', 1000, 'RUB'])
      assert.deepEqual(await open().start(input), first)
      assert.deepEqual(await open().query(input), first)
    })

    test('a cancellation may be repeated, also for a payment that was never started', async () => {
      const input = newInput()
      assert.equal((await open().cancel(input)).status, 'cancelled')
      assert.equal((await open().cancel(input)).status, 'cancelled')
    })
  })
}

test('the modes auto and decline decide at the start (PAY-3)', async () => {
  assert.equal((await bank('auto').start(newInput())).status, 'succeeded')
  assert.equal((await bank('decline').start(newInput())).status, 'declined')
})

const started = async (mode: 'page' | 'auto') => {
  const input = newInput()
  return { input, charge: await bank(mode).start(input) }
}

test('the bank has no charge for a payment that was never started', async () => {
  assert.equal(await bank().query(newInput()), undefined)
})

test('a cancelled charge stays cancelled, a paid charge stays paid (PAY-6)', async () => {
  const { input } = await started('page')
  await bank().cancel(input)
  await bank().decide(input.payment_id, 'succeeded')
  assert.equal((await bank().query(input))?.status, 'cancelled')
  assert.equal((await bank('auto').start(input)).status, 'cancelled')
  const paid = await started('auto')
  assert.equal((await bank().cancel(paid.input)).status, 'succeeded')
})

test('a decision of the buyer and a cancellation at once have one result', async () => {
  for (let round = 0; round < 20; round++) {
    const { input } = await started('page')
    const [cancelled] = await Promise.all([bank().cancel(input), bank().decide(input.payment_id, 'succeeded')])
    assert.equal((await bank().query(input))?.status, cancelled.status)
  }
})

test('the bank executes each refund once and never beyond the charge (PAY-5)', async () => {
  const { input } = await started('auto')
  const refund_id = newId()
  const same = await crowd(10, () => bank().refund({ ...input, refund_id, amount: 100 }))
  assert.ok(same.every((each) => each.status === 'fulfilled' && each.value === 'refunded'))
  const others = await crowd(20, () => bank().refund({ ...input, refund_id: newId(), amount: 100 }))
  const done = others.filter((each) => each.status === 'fulfilled' && each.value === 'refunded')
  assert.equal(done.length, 9)
  assert.equal(await bank().refund({ ...input, refund_id: newId(), amount: 1 }), 'refused')
})

test('the bank refuses a refund that it refused before, also when it could make it by then (PAY-5)', async () => {
  const { input } = await started('page')
  const refund = { ...input, refund_id: newId(), amount: 100 }
  assert.equal(await bank().refund(refund), 'refused')
  await bank().decide(input.payment_id, 'succeeded')
  assert.equal(await bank().refund(refund), 'refused')
  assert.equal(await bank().refund({ ...refund, refund_id: newId() }), 'refunded')
})

test('a payment that is not paid or was never started cannot be refunded', async () => {
  const { input } = await started('page')
  assert.equal(await bank().refund({ ...input, refund_id: newId(), amount: 1 }), 'refused')
  assert.equal(await bank().refund({ ...newInput(), refund_id: newId(), amount: 1 }), 'refused')
})
