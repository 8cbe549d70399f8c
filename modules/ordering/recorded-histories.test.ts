import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { next } from '#platform/saga'
import { checkoutVersions, type CheckoutTrigger, type CheckoutState } from './checkout.ts'

type Step = Readonly<{
  trigger: string
  from_state: CheckoutState | null
  to_state: CheckoutState | null
  effects: readonly string[]
}>
type History = Readonly<{ story: string; version: number; steps: readonly Step[] }>

/** Steps in the form of `platform.saga_step`, as shops have them. A checkout that takes other steps needs a new version, not other data. */
const histories = JSON.parse(readFileSync(new URL('recorded-histories.json', import.meta.url), 'utf8')) as History[]

for (const { story, version, steps } of histories) {
  test(`version ${version} of the checkout repeats the recorded steps of an order: ${story} (ORD-4)`, () => {
    const definition = checkoutVersions(1000).find((shipped) => shipped.version === version)
    assert.ok(definition, `version ${version} is no longer part of the program`)
    let state: CheckoutState | null | undefined = steps[0]?.to_state
    for (const { trigger, from_state, to_state, effects } of steps.slice(1)) {
      assert.equal(from_state, state)
      const step: Readonly<{ to: CheckoutState; do: readonly string[] }> | undefined = next(
        definition,
        from_state as CheckoutState,
        trigger as CheckoutTrigger,
      )
      assert.deepEqual([step?.to ?? null, step?.do ?? []], [to_state, effects])
      state = step?.to ?? state
    }
    assert.ok(state === 'fulfilled' || state === 'cancelled')
  })
}
