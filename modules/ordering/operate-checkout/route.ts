import { Type } from 'typebox'
import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { OperatorStep, OperatorStepBody, OperatorStepTaken } from '../schema.ts'
import type { OperateCheckout, OperateCheckoutOutcome, StepTaken } from './operate-checkout.ts'

const answers = {
  'operator-step-not-allowed': {
    ...answer(
      409,
      'This step is not possible now. `allowed` lists the possible steps; an order that is not stuck has none.',
      'Сейчас этот шаг невозможен. Допустимые шаги перечислены в `allowed`; если заказ не застрял, их нет.',
    ),
    members: { allowed: Type.Array(OperatorStep) },
  },
} satisfies Record<ReasonOf<OperateCheckoutOutcome>, Answer>

const schema = {
  tags: ['ordering'],
  summary: 'Resend the step of a stuck order, or compensate it',
  description:
    '`GET /admin/sagas?needs_operator=true` lists the stuck orders. `resend` publishes the commands that wait for an answer again, under their event ids. `compensate` cancels the order, until its parcel has left the shop.',
  params: IdParams,
  body: OperatorStepBody,
  response: { 200: OperatorStepTaken, ...problemsOf(answers) },
}

const viewOf = ({ kind: _, ...taken }: StepTaken) => taken

export const operateCheckoutRoute =
  ({ operateCheckout }: Readonly<{ operateCheckout: OperateCheckout }>): Routes =>
  (http) => {
    const config = { access: { permission: 'orders.write' }, idempotent: true }
    http.post('/admin/orders/:id/checkout', { schema, config }, async (request, reply) => {
      const { step, reason } = request.body
      const input = { order_id: request.params.id, step, reason }
      const outcome = await operateCheckout(input, storeResponseAs(reply, 200, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return viewOf(outcome)
    })
  }
