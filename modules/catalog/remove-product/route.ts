import { Type } from 'typebox'
import { notFound, problemsOf, refuse, type Routes } from '#platform/http'
import { removeAnswers } from '../removal.ts'
import { IdParams } from '../shapes.ts'
import type { RemoveProduct } from './remove-product.ts'

export const removeProductRoute =
  (removeProduct: RemoveProduct): Routes =>
  (http) => {
    http.delete(
      '/admin/products/:id',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Delete a product that was never ordered',
          params: IdParams,
          response: { 204: Type.Null(), ...problemsOf(removeAnswers) },
        },
        config: { access: { permission: 'catalog.write' } },
      },
      async (request, reply) => {
        const outcome = await removeProduct(request.params.id)
        if (outcome.kind === 'absent') throw notFound('product')
        if (outcome.kind === 'refused') return refuse(reply, outcome, removeAnswers)
        return reply.code(204).send(null)
      },
    )
  }
