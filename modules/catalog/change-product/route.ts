import { Type } from 'typebox'
import { answer, type Answer, notFound, problemsOf, refuse, type Routes } from '#platform/http'
import { WholeProduct } from '../read-whole.ts'
import { Attributes, Id, IdParams, Image, orNull, Slug } from '../shapes.ts'
import { TextGiven } from '../text.ts'
import type { ChangeProduct, Changing } from './change-product.ts'

const answers = {
  'slug-taken': answer(409, 'Another product has this address', 'Этот адрес занят другим товаром'),
  'unknown-category': answer(400, 'There is no such category', 'Такой категории нет'),
  'unknown-tag': answer(400, 'There is no such tag', 'Такой метки нет'),
  'nothing-to-sell': answer(409, 'None of its variants is active', 'Ни один вариант товара не продаётся'),
  archived: answer(409, 'The product is archived', 'Товар в архиве'),
  'unknown-attribute': answer(
    400,
    'Products of this type have no such attribute',
    'У товаров этого типа нет такого свойства',
  ),
  'bad-attribute-value': answer(
    400,
    'The attribute cannot have this value',
    'У свойства не может быть такого значения',
  ),
} satisfies Record<Extract<Changing, { kind: 'refused' }>['because'], Answer>

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
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        return reply.send(outcome.product)
      },
    )
  }
