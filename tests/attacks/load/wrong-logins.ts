import assert from 'node:assert/strict'
import { password, uniqueEmail } from '../../e2e/purchase-steps.ts'
import { attackerOf, repeat, sendTo, type Attack } from './attack.ts'

const home = '192.0.2.38'
const away = '192.0.2.138'

/** Many addresses guess the password of one account, whose owner signs in meanwhile. */
export const wrongLogins: Attack = {
  id: 'F-38',
  name: 'wrong logins do not lock an owner out of a known device or address',
  prepare: async (shop) => {
    const email = uniqueEmail('Owner')
    const post = async (path: string, from: string, body: object, cookie?: string) =>
      await sendTo(shop, { method: 'POST', path: `/api/v1${path}`, from, body, ...(cookie && { headers: { cookie } }) })
    const registered = await post('/auth/register', home, { email, password, name: 'Owner' })
    assert.equal(registered.status, 201, registered.text)
    const cookie = registered.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? ''
    const ownerSignsIn = async () => {
      const fromDevice = await post('/auth/login', away, { email, password }, cookie)
      assert.equal(fromDevice.status, 200, `known device: ${fromDevice.text}`)
      const fromHome = await post('/auth/login', home, { email, password })
      assert.equal(fromHome.status, 200, `known address: ${fromHome.text}`)
    }
    return {
      run: async (isOver) => {
        let compared = 0
        const guesses = repeat(20, isOver, async (i) => {
          const { status, text } = await post('/auth/login', attackerOf(i), { email, password: `guess number ${i}` })
          assert.ok(status === 401 || status === 429, text)
          if (status === 401) compared++
        })
        const logins = await repeat(1, isOver, ownerSignsIn)
        const count = await guesses
        // Ten at once, then at most twenty an hour.
        assert.ok(compared <= 20, `${compared} guesses were compared`)
        return `${count} guesses, ${compared} compared; the owner signed in ${logins * 2} times`
      },
      verify: ownerSignsIn,
    }
  },
}
