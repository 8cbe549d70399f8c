import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Attack } from './load/attack.ts'
import { openAttackedShop, type AttackedShop } from './load/attacked-shop.ts'
import { homePage } from './load/home-page.ts'
import { manyStreams } from './load/many-streams.ts'
import { measureAttack, type Measured } from './load/measure.ts'
import { pickupCodes } from './load/pickup-codes.ts'
import { writeTable } from './load/report.ts'
import { resetRequests } from './load/reset-requests.ts'
import { resetStreams } from './load/reset-streams.ts'
import { uncachedPages } from './load/uncached-pages.ts'
import { unknownPayments } from './load/unknown-payments.ts'
import { unpaidOrders } from './load/unpaid-orders.ts'
import { unreadResponses } from './load/unread-responses.ts'
import { wrongLogins } from './load/wrong-logins.ts'

/** How long each attack lasts. `npm run attacks` sets it and the document that gets the table. */
const seconds = Number(process.env['ATTACK_SECONDS'] ?? 1)
const report = process.env['ATTACK_REPORT']

/**
 * Megabytes and milliseconds. They are generous, because the attacker, the shop and its database share the machine. The p99
 * of a short attack is the longest of a few dozen requests.
 */
const maxGrowth = 200
const [longestP50, longestP99] = seconds < 10 ? [1000, 3000] : [500, 2000]

const attacks: readonly Attack[] = [
  unreadResponses,
  unpaidOrders,
  resetStreams,
  manyStreams,
  resetRequests,
  homePage,
  uncachedPages,
  wrongLogins,
  unknownPayments,
  pickupCodes,
]

const rows: Measured[] = []
let shop: AttackedShop
before(async () => {
  shop = await openAttackedShop()
})
after(async () => {
  await shop.close()
  if (report !== undefined && rows.length === attacks.length) writeTable(report, rows)
})

for (const attack of attacks) {
  test(`${attack.name} (${attack.id})`, { timeout: 60_000 + seconds * 3000 }, async (t) => {
    const measured = await measureAttack(shop, attack, seconds)
    rows.push(measured)
    const { result, before, during, after } = measured
    const numbers = [before, during, after].map(
      ({ requests, p50, p99, megabytes }) =>
        `${requests} requests p50 ${p50.toFixed(1)} p99 ${p99.toFixed(0)} ms ${megabytes.toFixed(0)} MB`,
    )
    t.diagnostic(`${result}; others: ${numbers.join(' → ')}`)
    const grown = during.megabytes - before.megabytes
    assert.ok(grown < maxGrowth, `the memory grew by ${grown.toFixed(0)} MB`)
    assert.ok(during.p50 < before.p50 + longestP50, `the p50 of others was ${during.p50.toFixed(0)} ms`)
    assert.ok(during.p99 < before.p99 + longestP99, `the p99 of others was ${during.p99.toFixed(0)} ms`)
  })
}

test('every invariant holds after the attacks (F-31, F-41)', () => {
  const { status, stdout, stderr } = shop.posad('check')
  assert.equal(status, 0, `${stdout}${stderr}`)
})
