import { Type } from 'typebox'
import { refuse, type Routes, sendCached } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { PluralParams } from '../../schema.ts'
import type { FindType } from '../../taxonomy/store/types.ts'
import { Product } from '../schema.ts'
import { IdOrSlug } from '../../schema.ts'
import type { ShowProduct } from './query.ts'

const tags = ['catalog']
const config = { access: 'anyone' } as const

export const showProductRoutes =
  ({ showProduct, findType }: Readonly<{ showProduct: ShowProduct; findType: FindType }>): Routes =>
  (http) => {
    http.get(
      '/catalog/products/:id',
      {
        schema: {
          tags,
          summary: 'Show a product with everything that its page needs, by id or slug',
          params: Type.Object({ id: IdOrSlug }),
          response: { 200: Product },
        },
        config,
      },
      async (request, reply) => {
        const outcome = await showProduct(request.params.id, { locale: request.locale })
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return sendCached(request, reply, outcome.response)
      },
    )
    http.get(
      '/catalog/:plural/:id',
      {
        schema: {
          tags,
          summary: 'Show a product as a flat product of its type, by id or slug',
          params: Type.Object({ ...PluralParams.properties, id: IdOrSlug }),
          response: { 200: Product },
        },
        config,
      },
      async (request, reply) => {
        const type = await findType(request.params.plural)
        if (isRefusal(type)) return refuse(reply, type)
        const outcome = await showProduct(request.params.id, { locale: request.locale, flatType: type.code })
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return sendCached(request, reply, outcome.response)
      },
    )
  }
