import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { drawNumbers, linkOf } from './deeplink.ts'

test('the bot shows three different numbers of two digits, and one of them is that of the browser (ID-11)', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 4, maxLength: 4 }), (drawn) => {
      let next = 0
      const { number, choices } = drawNumbers((below) => (drawn[next++] ?? 0) % below)
      assert.equal(new Set(choices).size, 3)
      assert.ok(choices.includes(number))
      assert.ok(choices.every((choice) => choice >= 10 && choice <= 99))
    }),
  )
})

test('the start parameter fits into the 64 characters of Telegram (ID-11)', () => {
  const { link, command } = linkOf('tea_bot', 'x'.repeat(43))
  assert.equal(link, `https://t.me/tea_bot?start=li_${'x'.repeat(43)}`)
  assert.match(command, /^\/start [\w-]{1,64}$/)
})
