import { checkOut, openCheckoutClient } from './checkout-client.ts'
import { checkoutSteps, type CheckoutOutcome, type CheckoutPlan, type CheckoutStep } from './checkout-plan.ts'
import { timesOf } from './times.ts'

/** The process of the buyers: receives a CheckoutPlan and sends a CheckoutOutcome. An error ends the process. */
process.once('message', (plan) => {
  void run(plan as CheckoutPlan).then((outcome) => process.send?.(outcome, () => process.exit(0)))
})

process.once('disconnect', () => process.exit(1))

/** The share of the time in which nothing counts: the buyers begin together, and the first orders take long to appear. */
const rampUp = 1 / 3

async function run({ port, buyers, seconds }: CheckoutPlan): Promise<CheckoutOutcome> {
  const whole: number[] = []
  const steps = Object.fromEntries(checkoutSteps.map((step) => [step, [] as number[]]))
  const record = (step: CheckoutStep, milliseconds: number) => void steps[step]?.push(milliseconds)
  const clients = await Promise.all(buyers.map((buyer) => openCheckoutClient(port, buyer, record)))
  const started = performance.now()
  const end = started + seconds * 1000
  const begin = started + rampUp * seconds * 1000
  await Promise.all(
    clients.map(async (client) => {
      for (let from = performance.now(); from < end; from = performance.now()) {
        await checkOut(client)
        const to = performance.now()
        if (to > begin && to < end) whole.push(to - from)
      }
      client.close()
    }),
  )
  const times = Object.entries(steps).map(([step, durations]) => [step, timesOf(durations)])
  return {
    perSecond: whole.length / (seconds * (1 - rampUp)),
    started: steps['order']?.length ?? 0,
    whole: timesOf(whole),
    steps: Object.fromEntries(times),
  }
}
