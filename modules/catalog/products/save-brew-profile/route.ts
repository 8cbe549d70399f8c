import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, storeNothing, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { AdminBrewProfile, BrewProfileBody, BrewProfileParams } from '../brew-profile-schema.ts'
import type { SaveBrewProfile, SaveBrewProfileOutcome, SavedBrewProfile } from './save-brew-profile.ts'

const answers = {
  'method-taken': answer(
    409,
    'The product already has a profile for this method.',
    'У товара уже есть профиль для этого способа.',
  ),
} satisfies Record<ReasonOf<SaveBrewProfileOutcome>, Answer>

const tags = ['catalog admin']
const config = { access: { permission: 'catalog.write' } }
const body = BrewProfileBody

export const saveBrewProfileRoutes =
  ({ saveBrewProfile }: Readonly<{ saveBrewProfile: SaveBrewProfile }>): Routes =>
  (http) => {
    const problems = problemsOf(answers)
    http.post(
      '/admin/products/:id/brew-profiles',
      {
        schema: {
          tags,
          summary: 'Add a brew profile to a product',
          params: IdParams,
          body,
          response: { 201: AdminBrewProfile, ...problems },
        },
        config: { ...config, idempotent: true },
      },
      async (request, reply) => {
        const target = { product_id: request.params.id, locale: request.locale }
        const outcome = await saveBrewProfile(target, request.body, storeResponseAs(reply, 201, viewOf))
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return reply.code(201).send(viewOf(outcome))
      },
    )
    http.put(
      '/admin/products/:id/brew-profiles/:profile_id',
      {
        schema: {
          tags,
          summary: 'Replace a brew profile',
          params: BrewProfileParams,
          body,
          response: { 200: AdminBrewProfile, ...problems },
        },
        config,
      },
      async (request, reply) => {
        const { id: product_id, profile_id: id } = request.params
        const outcome = await saveBrewProfile({ product_id, id, locale: request.locale }, request.body, storeNothing)
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return viewOf(outcome)
      },
    )
  }

const viewOf = ({ profile }: SavedBrewProfile): AdminBrewProfile => profile
