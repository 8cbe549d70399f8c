import { type Routes, sendCached } from '#platform/http'
import { Suggestions, SuggestQuery } from '../schema.ts'
import type { SuggestProducts } from './query.ts'

export const suggestProductsRoute =
  ({ suggestProducts }: Readonly<{ suggestProducts: SuggestProducts }>): Routes =>
  (http) => {
    http.get(
      '/catalog/suggestions',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Suggest products and categories while a buyer types',
          querystring: SuggestQuery,
          response: { 200: Suggestions },
        },
        config: { access: 'anyone' },
      },
      async (request, reply) => {
        const { search, limit = 6 } = request.query
        return sendCached(request, reply, await suggestProducts(search, { locale: request.locale, limit }))
      },
    )
  }
