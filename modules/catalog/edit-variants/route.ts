import { Type } from 'typebox'
import { answer, type Answer, notFound, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { userOf } from '../user-of.ts'
import { WholeVariant } from '../read-whole.ts'
import { removeAnswers } from '../removal.ts'
import { Amount, Id, IdParams, Line, orNull, Place } from '../shapes.ts'
import { TextGiven } from '../text.ts'
import { variantAnswers } from '../variant-answers.ts'
import { Components, VariantFields } from '../variant-rows.ts'
import type { Adding, AddVariant } from './add-variant.ts'
import type { ChangeVariant, ChangingVariant } from './change-variant.ts'
import type { RemoveVariant } from './remove-variant.ts'

const answers = {
  ...variantAnswers,
  'not-a-bundle': answer(409, 'Only a bundle has components', 'Составляющие есть только у набора'),
  'bundle-has-no-stock': answer(
    409,
    'A bundle has the stock of its components',
    'Остаток набора — это остатки составляющих',
  ),
} satisfies Record<Extract<ChangingVariant | Adding, { kind: 'refused' }>['reason'], Answer>

const Variant = Type.Object(VariantFields, { additionalProperties: false })
const Bundle = Type.Object(
  { ...VariantFields, product_id: Id, components: Components },
  { additionalProperties: false },
)

const Change = Type.Object(
  {
    sku: Type.Optional(Line(60)),
    title: Type.Optional(TextGiven(200)),
    price: Type.Optional(orNull(Amount)),
    compare_at_price: Type.Optional(orNull(Amount)),
    weight_grams: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
    is_active: Type.Optional(Type.Boolean()),
    position: Type.Optional(Place),
    stock_policy: Type.Optional(Type.Union([Type.Literal('track'), Type.Literal('untracked')])),
    components: Type.Optional(Components),
  },
  { additionalProperties: false, minProperties: 1 },
)

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }

export const addVariantRoute =
  (addVariant: AddVariant): Routes =>
  (http) => {
    const response = { 201: WholeVariant, ...problemsOf(answers) }
    http.post(
      '/admin/products/:id/variants',
      {
        schema: { tags, summary: 'Add a variant', params: IdParams, body: Variant, response },
        config: { access, idempotent: true },
      },
      async (request, reply) => {
        const input = { product_id: request.params.id, user_id: userOf(request.caller), given: request.body }
        const outcome = await addVariant(input, storeResponseAs<Adding>(reply, 201, present))
        if (outcome.kind === 'absent') throw notFound('product')
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        return reply.code(201).send(outcome.variant)
      },
    )
    http.post(
      '/admin/bundles',
      {
        schema: { tags, summary: 'Add a bundle to a product', body: Bundle, response: { ...response, ...noProduct } },
        config: { access, idempotent: true },
      },
      async (request, reply) => {
        const { product_id, ...given } = request.body
        const input = { product_id, user_id: userOf(request.caller), given }
        const outcome = await addVariant(input, storeResponseAs<Adding>(reply, 201, present))
        if (outcome.kind === 'absent') throw notFound('product')
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        return reply.code(201).send(outcome.variant)
      },
    )
  }

const noProduct = problemsOf({ 'not-found': answer(404, 'There is no such product', 'Такого товара нет') })

const present = (outcome: Adding): object => (outcome.kind === 'added' ? outcome.variant : {})

/** A bundle is a variant: both addresses lead to the same slice. */
export const changeVariantRoute =
  (changeVariant: ChangeVariant): Routes =>
  (http) => {
    for (const path of ['/admin/variants/:id', '/admin/bundles/:id']) {
      http.patch(
        path,
        {
          schema: {
            tags,
            summary: 'Change a variant or bundle',
            params: IdParams,
            body: Change,
            response: { 200: WholeVariant, ...problemsOf(answers) },
          },
          config: { access },
        },
        async (request, reply) => {
          const outcome = await changeVariant(request.params.id, request.body)
          if (outcome.kind === 'absent') throw notFound('variant')
          if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
          return reply.send(outcome.variant)
        },
      )
    }
  }

export const removeVariantRoute =
  (removeVariant: RemoveVariant): Routes =>
  (http) => {
    for (const path of ['/admin/variants/:id', '/admin/bundles/:id']) {
      http.delete(
        path,
        {
          schema: {
            tags,
            summary: 'Delete a variant or bundle that was never ordered',
            params: IdParams,
            response: { 204: Type.Null(), ...problemsOf(removeAnswers) },
          },
          config: { access },
        },
        async (request, reply) => {
          const outcome = await removeVariant(request.params.id)
          if (outcome.kind === 'absent') throw notFound('variant')
          if (outcome.kind === 'refused') return refuse(reply, outcome, removeAnswers)
          return reply.code(204).send(null)
        },
      )
    }
  }
