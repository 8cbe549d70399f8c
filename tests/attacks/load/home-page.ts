import assert from 'node:assert/strict'
import { attacker, other, repeat, sendTo, type Attack } from './attack.ts'

/** One address reads the home page as often as it can. */
export const homePage: Attack = {
  id: 'F-37',
  name: 'an address that reads the home page without end empties it for no other',
  prepare: async (shop) => {
    const read = async (from: string) => await sendTo(shop, { method: 'GET', path: '/ru', from })
    const goodsOn = (page: string) => page.match(/class="price[ "]/g)?.length ?? 0
    const expected = goodsOn((await read(other)).text)
    assert.ok(expected > 0, 'the home page shows goods')
    return {
      run: async (isOver) => {
        let granted = 0
        const flood = repeat(20, isOver, async () => {
          const { status, text } = await read(attacker)
          assert.ok(status === 200 || status === 429, `a request was answered ${status}`)
          if (status === 200) assert.equal(goodsOn(text), expected, 'no page is shown empty')
          if (status === 200) granted++
        })
        const reads = await repeat(1, isOver, async (i) => {
          const { status, text } = await read(`192.0.2.${8 + (i % 200)}`)
          assert.deepEqual([status, goodsOn(text)], [200, expected], 'others see the goods')
        })
        return `${await flood} requests, ${granted} granted; others read ${reads} pages with goods`
      },
    }
  },
}
