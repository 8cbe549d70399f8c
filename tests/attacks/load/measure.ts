import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Attack } from './attack.ts'
import type { AttackedShop } from './attacked-shop.ts'

/** One phase: the requests of others with their milliseconds, and the memory of the process. */
export type Phase = Readonly<{ requests: number; p50: number; p99: number; megabytes: number }>

export type Measured = Readonly<{
  attack: Attack
  seconds: number
  /** The words of the attack about its result. */
  result: string
  before: Phase
  during: Phase
  after: Phase
}>

const sampleEvery = 200

/** Runs one attack for `seconds` and measures before, during and after it. Throws when a request of others fails. */
export async function measureAttack(shop: AttackedShop, attack: Attack, seconds: number): Promise<Measured> {
  const { run, verify } = await attack.prepare(shop, seconds)
  const quiet = () => observe(shop, sleep(Math.max(500, seconds * 250)))
  const before = await quiet()
  const end = performance.now() + seconds * 1000
  const running = run(() => performance.now() >= end)
  const during = await observe(shop, running)
  const result = await running
  await verify?.()
  const after = await quiet()
  return { attack, seconds, result, before, during, after }
}

/** Measures until `work` ends. The memory is the most of all samples. */
async function observe(shop: AttackedShop, work: Promise<unknown>): Promise<Phase> {
  let isOver = false
  const stop = () => (isOver = true)
  void work.then(stop, stop)
  await shop.takeSamples()
  let megabytes = 0
  while (!isOver) {
    megabytes = Math.max(megabytes, await shop.megabytes())
    await Promise.race([work, sleep(sampleEvery)])
  }
  const samples = await shop.takeSamples()
  const failed = samples.filter(({ status }) => status !== 200)
  assert.deepEqual(failed, [], `${failed.length} of ${samples.length} requests of others failed`)
  const sorted = samples.map(({ duration }) => duration).toSorted((one, next) => one - next)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Infinity
  return { requests: sorted.length, p50: at(0.5), p99: at(0.99), megabytes }
}
