import assert from 'node:assert/strict'
import { newId } from '#platform/values'
import { attackerOf, sendTo, type Attack } from './attack.ts'

const parallel = 290

/** Payments of orders that do not exist are approved, 290 at once. */
export const unknownPayments: Attack = {
  id: 'F-39',
  name: 'approvals of new ids wait for nothing',
  prepare: async (shop) => ({
    run: async (isOver) => {
      let rounds = 0
      for (; !isOver(); rounds++) {
        const approve = () =>
          sendTo(shop, { method: 'POST', path: `/pay/${newId()}/approve`, from: attackerOf(2000 + rounds) })
        const answers = await Promise.all(Array.from({ length: parallel }, approve))
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([404]))
      }
      return `${rounds} rounds of ${parallel} approvals, all 404`
    },
  }),
}
