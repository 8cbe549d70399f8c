import { Type } from 'typebox'
import { answer, type Answer, notFound, problemsOf, refuse, type Routes } from '#platform/http'
import { productAnswers } from '../product-answers.ts'
import { WholeProduct } from '../read-whole.ts'
import { Attributes, Id, IdParams, Image, orNull, Slug } from '../shapes.ts'
import { TextGiven } from '../text.ts'
import type { ChangeProduct, Changing } from './change-product.ts'

const answers = {
  ...productAnswers,
  'nothing-to-sell': answer(409, 'None of its variants is active', 'Ни один вариант товара не продаётся'),
  archived: answer(409, 'The product is archived', 'Товар в архиве'),
} satisfies Record<Extract<Changing, { kind: 'refused' }>['reason'], Answer>

const Body = Type.Object(
  {
    name: Type.Optional(TextGiven(200)),
    description: Type.Optional(TextGiven(10_000)),
    slug: Type.Optional(Slug),
    category_id: Type.Optional(orNull(Id)),
    tag_ids: Type.Optional(Type.Array(Id, { maxItems: 50 })),
    image: Type.Optional(orNull(Image)),
    attributes: Type.Optional(Attributes),
    is_active: Type.Optional(Type.Boolean()),
    is_archived: Type.Optional(Type.Boolean({ description: 'Instead of deleting what has been sold' })),
  },
  { additionalProperties: false, minProperties: 1 },
)

export const changeProductRoute =
  (changeProduct: ChangeProduct): Routes =>
  (http) => {
    http.patch(
      '/admin/products/:id',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Change, deactivate or archive a product',
          params: IdParams,
          body: Body,
          response: { 200: WholeProduct, ...problemsOf(answers) },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const outcome = await changeProduct(request.params.id, request.body)
        if (outcome.kind === 'absent') throw notFound('product')
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        return reply.send(outcome.product)
      },
    )
  }
