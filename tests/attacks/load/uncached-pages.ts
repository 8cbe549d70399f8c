import assert from 'node:assert/strict'
import { attacker, other, sendTo, type Attack } from './attack.ts'

const atOnce = 60
const leastRounds = 5

/** One address reads pages that no cache has, many at once. */
export const uncachedPages: Attack = {
  id: 'SEC-1',
  name: 'an address that reads uncached pages without end makes no other wait for all of them',
  prepare: async (shop) => {
    let pages = 0
    const read = async (from: string) =>
      await sendTo(shop, { method: 'GET', path: `/ru/catalog?search=nothing${pages++}`, from })
    assert.equal((await read(other)).status, 200)
    return {
      run: async (isOver) => {
        const before: number[] = []
        do {
          let answered = 0
          const from = attacker.replace(/\d+$/, `${before.length % 250}`)
          const flood = Array.from({ length: atOnce }, async () => {
            assert.equal((await read(from)).status, 200)
            answered++
          })
          assert.equal((await read(other)).status, 200)
          before.push(answered)
          await Promise.all(flood)
        } while (!isOver() || before.length < leastRounds)
        // The connection of the other takes longer than some pages of the flood in one round or another.
        const usual = before.toSorted((a, b) => a - b)[Math.floor(before.length / 2)] ?? atOnce
        assert.ok(usual < atOnce / 2, `a page of another comes after ${usual} of ${atOnce}`)
        return `${before.length * atOnce} pages, ${atOnce} at once; a page of another comes after ${usual} of them`
      },
    }
  },
}
