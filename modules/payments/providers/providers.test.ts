import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { crowd } from '#platform/testing'
import { newId } from '#platform/words'
import type { Provider } from '../index.ts'
import { openTill, type Till } from '../till.testing.ts'
import { cash } from './cash.ts'
import { sandbox } from './sandbox.ts'

let till: Till
before(async () => {
  till = await openTill()
})
after(() => till.end())

const wishOf = (amount = 1000) => ({ payment_id: newId(), amount, currency: 'RUB', description: '', return_url: '' })
const bank = (mode: 'page' | 'auto' | 'decline' = 'page') => sandbox({ db: till.db, mode })

const adapters: Readonly<Record<string, () => Provider>> = { sandbox: () => bank(), cash: () => cash }
for (const [name, open] of Object.entries(adapters)) {
  void suite(`any provider: ${name} (PAY-3)`, () => {
    test('starting twice is starting once, and it names the sum it was asked for', async () => {
      const wish = wishOf()
      const first = await open().start(wish)
      assert.deepEqual([first.status, first.amount, first.currency], ['pending', 1000, 'RUB'])
      assert.deepEqual(await open().start(wish), first)
      assert.deepEqual(await open().query(wish), first)
    })

    test('cancelling may be repeated, also of what was never started', async () => {
      const wish = wishOf()
      assert.equal((await open().cancel(wish)).status, 'cancelled')
      assert.equal((await open().cancel(wish)).status, 'cancelled')
    })
  })
}

test('the sandbox does by itself what its mode says (PAY-3)', async () => {
  assert.equal((await bank('auto').start(wishOf())).status, 'succeeded')
  assert.equal((await bank('decline').start(wishOf())).status, 'declined')
  assert.equal((await bank('auto').capture((await started('auto')).wish)).status, 'succeeded')
})

const started = async (mode: 'page' | 'auto') => {
  const wish = wishOf()
  return { wish, charge: await bank(mode).start(wish) }
}

test('the sandbox has never heard of what was never started', async () => {
  assert.equal(await bank().query(wishOf()), undefined)
})

test('what was cancelled first stays cancelled, what was paid first stays paid (PAY-6)', async () => {
  const { wish } = await started('page')
  await bank().cancel(wish)
  await bank().buyerSays(wish.payment_id, 'succeeded')
  assert.equal((await bank().query(wish))?.status, 'cancelled')
  assert.equal((await bank('auto').start(wish)).status, 'cancelled')
  const paid = await started('auto')
  assert.equal((await bank().cancel(paid.wish)).status, 'succeeded')
})

test('the buyer and the cancellation race: one of them wins, and both are told who', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { wish } = await started('page')
    const [cancelled] = await Promise.all([bank().cancel(wish), bank().buyerSays(wish.payment_id, 'succeeded')])
    assert.equal((await bank().query(wish))?.status, cancelled.status)
  }
})

test('the sandbox gives back each refund once and never more than it took (PAY-5)', async () => {
  const { wish } = await started('auto')
  const refund_id = newId()
  const same = await crowd(10, () => bank().refund({ ...wish, refund_id, amount: 100 }))
  assert.ok(same.every((each) => each.status === 'fulfilled' && each.value === 'refunded'))
  const others = await crowd(20, () => bank().refund({ ...wish, refund_id: newId(), amount: 100 }))
  const done = others.filter((each) => each.status === 'fulfilled' && each.value === 'refunded')
  assert.equal(done.length, 9)
  assert.equal(await bank().refund({ ...wish, refund_id: newId(), amount: 1 }), 'refused')
})

test('what was never paid or never started cannot go back', async () => {
  const { wish } = await started('page')
  assert.equal(await bank().refund({ ...wish, refund_id: newId(), amount: 1 }), 'refused')
  assert.equal(await bank().refund({ ...wishOf(), refund_id: newId(), amount: 1 }), 'refused')
})
