import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { anna, expectProblem, expectResponse, guest, machine, olga } from '#platform/testing'
import { SupportTopic } from '../schema.ts'
import { openSupportTest, type SupportTest } from '../testing.ts'

let support: SupportTest
before(async () => {
  support = await openSupportTest()
})
after(() => support.close())

const topic = (user_telegram_id: number, thread_id: number, admin_chat_id = -1_002_233_445_566) => ({
  user_telegram_id,
  admin_chat_id,
  thread_id,
})
const ensure = (body: object) => support.send(machine, 'POST /internal/support-topics/ensure', { body })

test('a customer is bound to a thread: 201 when it is new, 200 when it is the same (SUP-1)', async () => {
  const first = expectResponse(await ensure(topic(7_300_000_001, 5)), 201, SupportTopic)
  const again = await ensure(topic(7_300_000_001, 5))
  assert.deepEqual(expectResponse(again, 200, SupportTopic), first)
  const found = await support.send(machine, 'GET /internal/support-topics/by-telegram/7300000001')
  assert.deepEqual(expectResponse(found, 200, SupportTopic), first)
  const query = 'admin_chat_id=-1002233445566&thread_id=5'
  const byThread = await support.send(machine, `GET /internal/support-topics/by-thread?${query}`)
  assert.deepEqual(expectResponse(byThread, 200, SupportTopic), first)
})

test('either side that is bound elsewhere is refused and stays as it is (SUP-1)', async () => {
  expectResponse(await ensure(topic(11, 50)), 201)
  expectProblem(await ensure(topic(11, 51)), 409, 'bound-elsewhere')
  expectProblem(await ensure(topic(12, 50)), 409, 'bound-elsewhere')
  expectResponse(await ensure(topic(12, 50, -100_500)), 201)
  const found = await support.send(machine, 'GET /internal/support-topics/by-telegram/11')
  assert.equal(expectResponse(found, 200, SupportTopic).thread_id, 50)
})

test('of requests at once for one customer or one thread one binds (SUP-1)', async () => {
  const same = await Promise.all(Array.from({ length: 8 }, () => ensure(topic(20, 60))))
  assert.deepEqual(
    same.map(({ status }) => status).toSorted((a, b) => b - a),
    [201, ...Array(7).fill(200)],
  )
  const threads = await Promise.all([61, 62, 63, 64].map((thread) => ensure(topic(21, thread))))
  assert.deepEqual(
    threads.map(({ status }) => status).toSorted((a, b) => a - b),
    [201, 409, 409, 409],
  )
  const customers = await Promise.all([31, 32, 33, 34].map((user) => ensure(topic(user, 70))))
  assert.deepEqual(
    customers.map(({ status }) => status).toSorted((a, b) => a - b),
    [201, 409, 409, 409],
  )
})

test('unknown topics are not found, wrong ids are refused, and people have no access (SUP-1)', async () => {
  expectProblem(await support.send(machine, 'GET /internal/support-topics/by-telegram/999'), 404, 'not-found')
  const absent = 'GET /internal/support-topics/by-thread?admin_chat_id=1&thread_id=1'
  expectProblem(await support.send(machine, absent), 404, 'not-found')
  for (const body of [topic(0, 1), topic(1, 0), topic(1.5, 1), topic(2 ** 53, 1), { user_telegram_id: 1 }])
    expectProblem(await ensure(body), 400, 'validation-failed')
  for (const caller of [guest, anna, olga]) assert.ok([401, 403].includes((await support.send(caller, absent)).status))
})
