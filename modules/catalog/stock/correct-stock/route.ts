import { userIdOf } from '#platform/access'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { CorrectedStock, CorrectStockBody, maxOnHand } from '../schema.ts'
import type { CorrectedOutcome, CorrectStock, CorrectStockOutcome } from './correct-stock.ts'

const { on_hand, reserved, stock_quantity } = CorrectedStock.properties

const answers = {
  'changes-nothing': answer(400, 'A correction by zero changes nothing.', 'Поправка на ноль ничего не меняет.'),
  'bundle-has-no-stock': answer(
    409,
    'A bundle has no stock of its own. Correct the stock of its components.',
    'У набора нет своего остатка. Поправьте остаток составляющих.',
  ),
  'stock-changed': answer(409, 'The stock has changed: count again.', 'Остаток изменился: пересчитайте товар.'),
  'stock-limit-exceeded': answer(
    409,
    `A variant may have at most ${maxOnHand.toLocaleString('en-US')} pieces on hand.`,
    `На складе может быть не больше ${maxOnHand.toLocaleString('ru-RU')} штук одного варианта.`,
  ),
  'pieces-are-reserved': {
    ...answer(409, 'Orders reserve more pieces than would remain.', 'Под заказы отложено больше штук, чем останется.'),
    members: { on_hand, reserved, stock_quantity },
  },
} satisfies Record<ReasonOf<CorrectStockOutcome>, Answer>

export const correctStockRoute =
  ({ correctStock }: Readonly<{ correctStock: CorrectStock }>): Routes =>
  (http) => {
    http.post(
      '/admin/variants/:id/stock',
      {
        schema: {
          tags: ['catalog admin'],
          summary: 'Correct the number of pieces on hand',
          params: IdParams,
          body: CorrectStockBody,
          response: { 201: CorrectedStock, ...problemsOf(answers) },
        },
        config: { access: { permission: 'catalog.write' }, idempotent: true },
      },
      async (request, reply) => {
        const correction = { variant_id: request.params.id, user_id: userIdOf(request.caller), ...request.body }
        const outcome = await correctStock(correction, storeResponseAs(reply, 201, viewOf))
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(201).send(viewOf(outcome))
      },
    )
  }

const viewOf = ({ stock }: CorrectedOutcome): CorrectedStock => stock
