import { userIdOf } from '#platform/access'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { staffBodyLimit } from '../../schema.ts'
import { PiecesDifferMembers, ReceiveReturnBody, ReturnView } from '../return-schema.ts'
import { maxOnHand } from '../schema.ts'
import type { ReceivedReturn, ReceiveReturn, ReceiveReturnOutcome } from './receive-return.ts'

const answers = {
  'already-received': answer(
    409,
    'The goods were received with other counts. Correct the stock instead.',
    'Товар уже принят с другими количествами. Поправьте остаток.',
  ),
  'pieces-differ': {
    ...answer(
      409,
      'Say for every variant of the return how many of its pieces are sellable, damaged and lost.',
      'Укажите для каждого варианта, сколько штук можно продать, сколько испорчено и сколько потеряно.',
    ),
    members: PiecesDifferMembers,
  },
  'stock-limit-exceeded': answer(
    409,
    `A variant may have at most ${maxOnHand.toLocaleString('en-US')} pieces on hand.`,
    `На складе может быть не больше ${maxOnHand.toLocaleString('ru-RU')} штук одного варианта.`,
  ),
} satisfies Record<ReasonOf<ReceiveReturnOutcome>, Answer>

export const receiveReturnRoute =
  ({ receiveReturn }: Readonly<{ receiveReturn: ReceiveReturn }>): Routes =>
  (http) => {
    const schema = {
      tags: ['catalog admin'],
      summary: 'Receive the goods of an order that came back: say which can be sold; the others are written off',
      params: IdParams,
      body: ReceiveReturnBody,
      response: { 200: ReturnView, ...problemsOf(answers) },
    }
    const config = { access: { permission: 'catalog.write' }, idempotent: true, bodyLimit: staffBodyLimit }
    http.post('/admin/returns/:id/receive', { schema, config }, async ({ params, body, caller }, reply) => {
      const counts = body.items.map(({ damaged = 0, lost = 0, ...count }) => ({ ...count, damaged, lost }))
      const input = { order_id: params.id, counts, note: body.note ?? null, user_id: userIdOf(caller) }
      const outcome = await receiveReturn(input, storeResponseAs(reply, 200, viewOf))
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : viewOf(outcome)
    })
  }

const viewOf = (received: ReceivedReturn): ReturnView => received.return
