import { refuse, type Routes, sendCached } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { PluralParams } from '../../schema.ts'
import type { FindType } from '../../taxonomy/store/types.ts'
import { ListOfTypeQuery, ListQuery, ProductList } from '../schema.ts'
import type { ListProducts } from './query.ts'

const tags = ['catalog']
const config = { access: 'anyone' } as const

export const listProductsRoutes =
  ({ listProducts, findType }: Readonly<{ listProducts: ListProducts; findType: FindType }>): Routes =>
  (http) => {
    http.get(
      '/catalog/products',
      {
        schema: {
          tags,
          summary: 'List the products of the shop',
          querystring: ListQuery,
          response: { 200: ProductList },
        },
        config,
      },
      async (request, reply) => {
        const { locale, query } = request
        return sendCached(request, reply, await listProducts(query, { locale, isFlat: false }))
      },
    )
    http.get(
      '/catalog/:plural',
      {
        schema: {
          tags,
          summary: 'List the flat products of one type, named by its plural: flowers, teas, bouquets',
          params: PluralParams,
          querystring: ListOfTypeQuery,
          response: { 200: ProductList },
        },
        config,
      },
      async (request, reply) => {
        const { locale, params, query } = request
        const type = await findType(params.plural)
        if (isRefusal(type)) return refuse(reply, type)
        const list = await listProducts({ ...query, type: type.code }, { locale, isFlat: true })
        return sendCached(request, reply, list)
      },
    )
  }
