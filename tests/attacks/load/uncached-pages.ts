import assert from 'node:assert/strict'
import { attacker, other, sendTo, type Attack } from './attack.ts'

const atOnce = 60

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
        let most = 0
        let floods = 0
        do {
          let answered = 0
          const flood = Array.from({ length: atOnce }, async (_, i) => {
            const { status } = await read(attacker.replace(/\d+$/, `${floods % 250}`))
            assert.equal(status, 200, `page ${i} of the flood`)
            answered++
          })
          assert.equal((await read(other)).status, 200)
          most = Math.max(most, answered)
          await Promise.all(flood)
          floods++
        } while (!isOver())
        assert.ok(most < atOnce / 2, `a page of another came after ${most} of ${atOnce}`)
        return `${floods * atOnce} pages, ${atOnce} at once; a page of another comes after at most ${most} of them`
      },
    }
  },
}
