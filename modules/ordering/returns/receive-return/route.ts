import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { itemsMember, returnAnswers } from '../answers.ts'
import { adminReturnViewOf } from '../return-view.ts'
import { AdminReturnView, ReceiveReturnBody } from '../schema.ts'
import type { ReceivedReturn, ReceiveReturn, ReceiveReturnOutcome } from './receive-return.ts'

const answers = {
  ...returnAnswers,
  'already-received': answer(
    409,
    'The goods were received with other counts. Correct the stock instead.',
    'Товар уже принят с другими количествами. Поправьте остаток.',
  ),
  'counts-differ': {
    ...answer(
      409,
      'Say for every variant of the return how many of its pieces are sellable, damaged and missing.',
      'Укажите для каждого товара возврата, сколько штук можно продать, сколько испорчено и скольких нет.',
    ),
    members: itemsMember('The pieces that the receipt must account for'),
  },
} satisfies Record<ReasonOf<ReceiveReturnOutcome>, Answer>

const schema = {
  tags: ['ordering'],
  summary: 'Receive the goods of a return: say which can be sold again',
  params: IdParams,
  body: ReceiveReturnBody,
  response: { 200: AdminReturnView, ...problemsOf(answers) },
}

export const receiveReturnRoute =
  ({ receiveReturn }: Readonly<{ receiveReturn: ReceiveReturn }>): Routes =>
  (http) => {
    const config = { access: { permission: 'orders.write' }, idempotent: true }
    http.post('/admin/order-returns/:id/receive', { schema, config }, async ({ params, body, locale }, reply) => {
      const viewOf = (received: ReceivedReturn) => adminReturnViewOf(received.return, locale)
      const counts = body.items.map(({ damaged = 0, missing = 0, ...count }) => ({ ...count, damaged, missing }))
      const input = { return_id: params.id, counts, note: body.note ?? null }
      const outcome = await receiveReturn(input, storeResponseAs(reply, 200, viewOf))
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : viewOf(outcome)
    })
  }
