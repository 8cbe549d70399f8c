import { userIdOf } from '#platform/access'
import { type Answer, notFoundAnswer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { variantAnswers } from '../answers.ts'
import { staffBodyLimit } from '../../schema.ts'
import { AddBundleBody, AddVariantBody, AdminVariant } from '../variant-schema.ts'
import type { AddedVariant, AddVariant, AddVariantOutcome } from './add-variant.ts'

const answers = variantAnswers satisfies Record<ReasonOf<AddVariantOutcome>, Answer>

const tags = ['catalog admin']
const config = { access: { permission: 'catalog.write' }, idempotent: true, bodyLimit: staffBodyLimit }

/** A bundle is a variant: both addresses lead to the same slice. */
export const addVariantRoutes =
  ({ addVariant }: Readonly<{ addVariant: AddVariant }>): Routes =>
  (http) => {
    const response = { 201: AdminVariant, ...problemsOf(answers) }
    http.post(
      '/admin/products/:id/variants',
      { schema: { tags, summary: 'Add a variant', params: IdParams, body: AddVariantBody, response }, config },
      async (request, reply) => {
        const addition = { product_id: request.params.id, user_id: userIdOf(request.caller), input: request.body }
        const outcome = await addVariant(addition, storeResponseAs(reply, 201, viewOf))
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(201).send(viewOf(outcome))
      },
    )
    const bundleResponse = { 201: AdminVariant, ...problemsOf({ ...answers, ...notFoundAnswer }) }
    http.post(
      '/admin/bundles',
      {
        schema: { tags, summary: 'Add a bundle to a product', body: AddBundleBody, response: bundleResponse },
        config,
      },
      async (request, reply) => {
        const { product_id, ...input } = request.body
        const addition = { product_id, user_id: userIdOf(request.caller), input }
        const outcome = await addVariant(addition, storeResponseAs(reply, 201, viewOf))
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(201).send(viewOf(outcome))
      },
    )
  }

const viewOf = ({ variant }: AddedVariant): AdminVariant => variant
