import { Type } from 'typebox'
import { answer, type Answer, notFound, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { userOf } from '../user-of.ts'
import { Id, IdParams, Line } from '../shapes.ts'
import type { Correcting, CorrectStock } from './correct-stock.ts'

const answers = {
  'changes-nothing': answer(400, 'A correction by zero changes nothing', 'Поправка на ноль ничего не меняет'),
  'bundle-has-no-stock': answer(
    409,
    'A bundle has the stock of its components',
    'Остаток набора — это остатки составляющих',
  ),
  'shelf-full': answer(409, 'Nobody has that many pieces', 'Столько не бывает'),
  'pieces-are-reserved': answer(
    409,
    'More pieces are reserved for orders than would be left',
    'Под заказы отложено больше, чем останется',
  ),
} satisfies Record<Extract<Correcting, { kind: 'refused' }>['reason'], Answer>

const Level = Type.Object({
  movement_id: Id,
  variant_id: Id,
  on_hand: Type.Integer(),
  reserved: Type.Integer(),
  stock_quantity: Type.Integer(),
})

const Body = Type.Object(
  { delta: Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 }), reason: Line(500) },
  { additionalProperties: false },
)

export const correctStockRoute =
  (correctStock: CorrectStock): Routes =>
  (http) => {
    http.post(
      '/admin/variants/:id/stock',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Correct how many pieces are on hand',
          params: IdParams,
          body: Body,
          response: { 201: Level, ...problemsOf(answers) },
        },
        config: { access: { permission: 'catalog.write' }, idempotent: true },
      },
      async (request, reply) => {
        const correction = { variant_id: request.params.id, user_id: userOf(request.caller), ...request.body }
        const outcome = await correctStock(correction, storeResponseAs<Correcting>(reply, 201, present))
        if (outcome.kind === 'absent') throw notFound('variant')
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        return reply.code(201).send(present(outcome))
      },
    )
  }

function present<Outcome extends Correcting>({ kind: _, ...level }: Outcome) {
  return level
}
