import { Type } from 'typebox'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { authorOf } from '../../author.ts'
import { Plural } from '../../schema.ts'
import type { FindType } from '../../taxonomy/store/types.ts'
import { productProblems, variantProblems } from '../problems.ts'
import { CreateProductInput, CreateProductOfTypeInput } from '../inputs.ts'
import { AdminProduct, AdminProductOfType } from '../schema.ts'
import type { CreateProduct, CreateProductOutcome } from './create-product.ts'
import { fromFlatInput, toFlatView } from './product-of-type.ts'

const answers = {
  ...variantProblems,
  ...productProblems,
  'unknown-type': answer(400, 'There is no such type of product', 'Такого типа товара нет'),
} satisfies Record<ReasonOf<CreateProductOutcome>, Answer>

const config = { access: { permission: 'catalog.write' }, idempotent: true }

export const createProductRoutes =
  (createProduct: CreateProduct, findType: FindType): Routes =>
  (http) => {
    http.post(
      '/admin/products',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Add a product with its variants',
          body: CreateProductInput,
          response: { 201: AdminProduct, ...problemsOf(answers) },
        },
        config,
      },
      async (request, reply) => {
        const storeResponse = storeResponseAs<CreateProductOutcome>(reply, 201, present)
        const outcome = await createProduct(request.body, authorOf(request.caller), storeResponse)
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(201).send(outcome.product)
      },
    )
    http.post(
      '/catalog/:plural',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Add a product of a type with one variant: a flower by name, price, stock_quantity and flower_type',
          params: Type.Object({ plural: Plural }),
          body: CreateProductOfTypeInput,
          response: { 201: AdminProductOfType, ...problemsOf(answers) },
        },
        config,
      },
      async (request, reply) => {
        const type = await findType(request.params.plural)
        if (type.kind === 'not-found') return refuse(reply, type)
        const storeResponse = storeResponseAs<CreateProductOutcome>(reply, 201, presentFlat)
        const input = fromFlatInput(type.code, request.body)
        const outcome = await createProduct(input, authorOf(request.caller), storeResponse)
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(201).send(presentFlat(outcome) as never)
      },
    )
  }

const present = (outcome: CreateProductOutcome) => (outcome.kind === 'created' ? outcome.product : {})

const presentFlat = (outcome: CreateProductOutcome) => (outcome.kind === 'created' ? toFlatView(outcome.product) : {})
