import assert from 'node:assert/strict'
import { setImmediate as settle } from 'node:timers/promises'
import { test } from 'node:test'
import { Unavailable } from '#platform/outcome'
import { Circuit, circuitMetric } from './index.ts'

const down = () => Promise.reject(new Unavailable('the bank'))
const up = () => Promise.resolve('paid')
const never = () => new Promise<never>(() => {})

function openTest() {
  let moment = 0
  const circuit = new Circuit('the bank', { now: () => moment })
  return {
    circuit,
    pass: (milliseconds: number) => void (moment += milliseconds),
    fail: async (times: number) => {
      for (let i = 0; i < times; i++) await assert.rejects(circuit.run(down), Unavailable)
    },
  }
}

/** Runs one call and says whether the circuit let it through. */
async function isCalled(circuit: Circuit, call: () => Promise<string> = up): Promise<boolean> {
  let called = false
  await circuit.run(() => ((called = true), call())).catch(() => {})
  return called
}

test('a bank that does not answer five times in a row is called no more, and refused at once (F-1)', async () => {
  const { circuit, fail } = openTest()
  await fail(4)
  assert.equal(circuit.open, false)
  await fail(1)
  assert.equal(circuit.open, true)
  await assert.rejects(circuit.run(up), { name: 'Unavailable', message: 'the bank does not answer' })
  assert.equal(await isCalled(circuit), false)
})

test('an answer in between starts the count again, and so does a refusal of the bank (F-1)', async () => {
  const { circuit, fail } = openTest()
  await fail(4)
  assert.equal(await circuit.run(up), 'paid')
  await fail(4)
  await assert.rejects(
    circuit.run(() => Promise.reject(new Error('card refused'))),
    /card refused/,
  )
  await fail(4)
  assert.equal(circuit.open, false)
})

test('an open circuit lets one probe through after 1, 2, 4, 8 and then every 15 seconds (F-1)', async () => {
  const { circuit, pass, fail } = openTest()
  await fail(5)
  for (const pause of [1000, 2000, 4000, 8000, 15_000, 15_000]) {
    pass(pause - 1)
    assert.equal(await isCalled(circuit, down), false, `before ${pause} ms`)
    pass(1)
    assert.equal(await isCalled(circuit, down), true, `after ${pause} ms`)
  }
  pass(15_000)
  assert.equal(await circuit.run(up), 'paid')
  assert.equal(circuit.open, false)
  await fail(5)
  pass(1000)
  assert.equal(await isCalled(circuit, down), true, 'the pauses begin at one second again')
})

test('of a hundred calls at once one is the probe, and the others are refused while it runs (F-1)', async () => {
  const { circuit, pass, fail } = openTest()
  await fail(5)
  pass(1000)
  const answer = Promise.withResolvers<string>()
  const probe = circuit.run(() => answer.promise)
  const others = await Promise.allSettled(Array.from({ length: 99 }, () => circuit.run(up)))
  assert.equal(others.filter(({ status }) => status === 'rejected').length, 99)
  answer.resolve('paid')
  assert.equal(await probe, 'paid')
  assert.equal(await circuit.run(up), 'paid')
})

test('calls that began before the circuit opened do not lengthen its pauses (F-1)', async () => {
  const { circuit, pass } = openTest()
  const answers = Array.from({ length: 20 }, () => Promise.withResolvers<string>())
  const calls = Promise.allSettled(answers.map(({ promise }) => circuit.run(() => promise)))
  for (const { reject } of answers) reject(new Unavailable('the bank'))
  await calls
  assert.equal(circuit.open, true)
  pass(1000)
  assert.equal(await isCalled(circuit), true)
})

test('a call that never returns ends with its time limit, and its signal says so (F-4)', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { circuit } = openTest()
  let given: AbortSignal | undefined
  for (let i = 0; i < 5; i++) {
    const call = assert.rejects(
      circuit.run((signal) => ((given = signal), never())),
      { name: 'Unavailable', cause: new Error('no answer within 10000 ms') },
    )
    t.mock.timers.tick(9999)
    await settle()
    assert.equal(given?.aborted, false)
    t.mock.timers.tick(1)
    await call
    assert.equal(given?.aborted, true)
  }
  assert.equal(circuit.open, true)
})

test('a caller that gives up says nothing about the dependency, also as the probe (F-4)', async () => {
  const { circuit, pass, fail } = openTest()
  await fail(5)
  pass(1000)
  const caller = new AbortController()
  const probe = circuit.run(never, caller.signal)
  caller.abort(new Error('the app stops'))
  await assert.rejects(probe, /the app stops/)
  assert.equal(await isCalled(circuit), true, 'the next call is the probe')
  assert.equal(circuit.open, false)
})

test('the metrics name the dependencies whose circuit is open (F-1)', async () => {
  const { circuit, pass, fail } = openTest()
  await fail(5)
  assert.deepEqual(await circuitMetric.read(), [{ labels: { dependency: 'the bank' }, value: 1 }])
  pass(1000)
  await circuit.run(up)
  assert.deepEqual(await circuitMetric.read(), [{ labels: { dependency: 'the bank' }, value: 0 }])
})
