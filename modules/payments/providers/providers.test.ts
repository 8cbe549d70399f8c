import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { crowd } from '#platform/testing'
import { newId } from '#platform/values'
import type { Provider } from '../index.ts'
import { openTill, type Till } from '../testing.ts'
import { cash } from './cash.ts'
import { sandbox } from './sandbox.ts'

let till: Till
before(async () => {
  till = await openTill()
})
after(() => till.end())

const inputOf = (amount = 1000) => ({ payment_id: newId(), amount, currency: 'RUB', description: '', return_url: '' })
const bank = (mode: 'page' | 'auto' | 'decline' = 'page') => sandbox({ db: till.db, mode })

const adapters: Readonly<Record<string, () => Provider>> = { sandbox: () => bank(), cash: () => cash }
for (const [name, open] of Object.entries(adapters)) {
  void suite(`any provider: ${name} (PAY-3)`, () => {
    test('starting twice is starting once, and it names the sum it was asked for', async () => {
      const input = inputOf()
      const first = await open().start(input)
      assert.deepEqual([first.status, first.amount, first.currency], ['pending', 1000, 'RUB'])
      assert.deepEqual(await open().start(input), first)
      assert.deepEqual(await open().query(input), first)
    })

    test('cancelling may be repeated, also of what was never started', async () => {
      const input = inputOf()
      assert.equal((await open().cancel(input)).status, 'cancelled')
      assert.equal((await open().cancel(input)).status, 'cancelled')
    })
  })
}

test('the sandbox does by itself what its mode says (PAY-3)', async () => {
  assert.equal((await bank('auto').start(inputOf())).status, 'succeeded')
  assert.equal((await bank('decline').start(inputOf())).status, 'declined')
  assert.equal((await bank('auto').capture((await started('auto')).input)).status, 'succeeded')
})

const started = async (mode: 'page' | 'auto') => {
  const input = inputOf()
  return { input, charge: await bank(mode).start(input) }
}

test('the sandbox has never heard of what was never started', async () => {
  assert.equal(await bank().query(inputOf()), undefined)
})

test('what was cancelled first stays cancelled, what was paid first stays paid (PAY-6)', async () => {
  const { input } = await started('page')
  await bank().cancel(input)
  await bank().buyerSays(input.payment_id, 'succeeded')
  assert.equal((await bank().query(input))?.status, 'cancelled')
  assert.equal((await bank('auto').start(input)).status, 'cancelled')
  const paid = await started('auto')
  assert.equal((await bank().cancel(paid.input)).status, 'succeeded')
})

test('the buyer and the cancellation race: one of them wins, and both are told who', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { input } = await started('page')
    const [cancelled] = await Promise.all([bank().cancel(input), bank().buyerSays(input.payment_id, 'succeeded')])
    assert.equal((await bank().query(input))?.status, cancelled.status)
  }
})

test('the sandbox gives back each refund once and never more than it took (PAY-5)', async () => {
  const { input } = await started('auto')
  const refund_id = newId()
  const same = await crowd(10, () => bank().refund({ ...input, refund_id, amount: 100 }))
  assert.ok(same.every((each) => each.status === 'fulfilled' && each.value === 'refunded'))
  const others = await crowd(20, () => bank().refund({ ...input, refund_id: newId(), amount: 100 }))
  const done = others.filter((each) => each.status === 'fulfilled' && each.value === 'refunded')
  assert.equal(done.length, 9)
  assert.equal(await bank().refund({ ...input, refund_id: newId(), amount: 1 }), 'refused')
})

test('what was never paid or never started cannot go back', async () => {
  const { input } = await started('page')
  assert.equal(await bank().refund({ ...input, refund_id: newId(), amount: 1 }), 'refused')
  assert.equal(await bank().refund({ ...inputOf(), refund_id: newId(), amount: 1 }), 'refused')
})
