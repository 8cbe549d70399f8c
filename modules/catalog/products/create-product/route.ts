import { userIdOf } from '#platform/access'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { PluralParams, staffBodyLimit } from '../../schema.ts'
import type { FindType } from '../../taxonomy/store/types.ts'
import { productAnswers, variantAnswers } from '../answers.ts'
import { createProductBodyOf, flatAdminProductOf } from '../flat-product.ts'
import { AdminProduct, CreateFlatProductBody, CreateProductBody, FlatAdminProduct } from '../schema.ts'
import type { CreatedProduct, CreateProduct, CreateProductOutcome } from './create-product.ts'

const answers = {
  ...variantAnswers,
  ...productAnswers,
  'unknown-type': answer(400, 'There is no such type of product.', 'Такого типа товара нет.'),
} satisfies Record<ReasonOf<CreateProductOutcome>, Answer>

const tags = ['catalog admin']
const config = { access: { permission: 'catalog.write' }, idempotent: true, bodyLimit: staffBodyLimit }

export const createProductRoutes =
  ({ createProduct, findType }: Readonly<{ createProduct: CreateProduct; findType: FindType }>): Routes =>
  (http) => {
    http.post(
      '/admin/products',
      {
        schema: {
          tags,
          summary: 'Create a product with its variants',
          body: CreateProductBody,
          response: { 201: AdminProduct, ...problemsOf(answers) },
        },
        config,
      },
      async (request, reply) => {
        const storeResponse = storeResponseAs(reply, 201, viewOf)
        const outcome = await createProduct(request.body, userIdOf(request.caller), storeResponse)
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(201).send(viewOf(outcome))
      },
    )
    http.post(
      '/catalog/:plural',
      {
        schema: {
          tags,
          summary:
            'Create a flat product with one variant, such as a flower with name, price, stock_quantity and flower_type',
          params: PluralParams,
          body: CreateFlatProductBody,
          response: { 201: FlatAdminProduct, ...problemsOf(answers) },
        },
        config,
      },
      async (request, reply) => {
        const type = await findType(request.params.plural)
        if (isRefusal(type)) return refuse(reply, type)
        const storeResponse = storeResponseAs(reply, 201, flatViewOf)
        const body = createProductBodyOf(type.code, request.body)
        const outcome = await createProduct(body, userIdOf(request.caller), storeResponse)
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(201).send(flatViewOf(outcome))
      },
    )
  }

const viewOf = ({ product }: CreatedProduct): AdminProduct => product

const flatViewOf = ({ product }: CreatedProduct): FlatAdminProduct => flatAdminProductOf(product)
