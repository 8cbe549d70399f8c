import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { authorOf } from '../../author.ts'
import { variantProblems } from '../problems.ts'
import { AddBundleInput, AddVariantInput } from '../inputs.ts'
import { AdminVariant } from '../schema.ts'
import type { AddVariant, AddVariantOutcome } from './add-variant.ts'

const answers = variantProblems satisfies Record<ReasonOf<AddVariantOutcome>, Answer>

const noProduct = problemsOf({ 'not-found': answer(404, 'There is no such product', 'Такого товара нет') })

const tags = ['catalog admin']
const config = { access: { permission: 'catalog.write' }, idempotent: true }

/** A bundle is a variant: both addresses lead to the same slice. */
export const addVariantRoutes =
  (addVariant: AddVariant): Routes =>
  (http) => {
    const response = { 201: AdminVariant, ...problemsOf(answers) }
    http.post(
      '/admin/products/:id/variants',
      { schema: { tags, summary: 'Add a variant', params: IdParams, body: AddVariantInput, response }, config },
      async (request, reply) => {
        const addition = { product_id: request.params.id, user_id: authorOf(request.caller), input: request.body }
        const outcome = await addVariant(addition, storeResponseAs<AddVariantOutcome>(reply, 201, present))
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(201).send(outcome.variant)
      },
    )
    const bundleResponse = { ...response, ...noProduct }
    http.post(
      '/admin/bundles',
      {
        schema: { tags, summary: 'Add a bundle to a product', body: AddBundleInput, response: bundleResponse },
        config,
      },
      async (request, reply) => {
        const { product_id, ...input } = request.body
        const addition = { product_id, user_id: authorOf(request.caller), input }
        const outcome = await addVariant(addition, storeResponseAs<AddVariantOutcome>(reply, 201, present))
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(201).send(outcome.variant)
      },
    )
  }

const present = (outcome: AddVariantOutcome): object => (outcome.kind === 'added' ? outcome.variant : {})
