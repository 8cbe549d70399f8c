import type { Kysely } from 'kysely'
import { Type } from 'typebox'
import { answer, type Answer, notFound, problemsOf, refuse, type Routes } from '#platform/http'
import { pageOfAll, windowOf } from '#platform/outcome'
import { Page, PageQuery } from '#platform/schema'
import { Code, Id, IdParams, Place } from '../shapes.ts'
import type { CatalogTables } from '../tables.ts'
import { Text, TextGiven } from '../text.ts'
import type { Brewing, KeepBrewProfile, RemoveBrewProfile } from './edit-brew-profiles.ts'

const answers = {
  'method-taken': answer(409, 'The product has a profile for this method', 'Для этого способа уже есть профиль'),
} satisfies Record<Extract<Brewing, { kind: 'refused' }>['reason'], Answer>

const measures = {
  leaf_grams: Type.Number({ minimum: 0.01, maximum: 1000 }),
  water_ml: Type.Integer({ minimum: 1, maximum: 10_000 }),
  temperature_c: Type.Integer({ minimum: 1, maximum: 100 }),
  steep_seconds: Type.Array(Type.Integer({ minimum: 1, maximum: 86_400 }), { minItems: 1, maxItems: 30 }),
}

const Body = Type.Object(
  {
    method: Code,
    vessel: Type.Optional(TextGiven(200)),
    ...measures,
    note: Type.Optional(TextGiven(2000)),
    position: Type.Optional(Place),
  },
  { additionalProperties: false },
)

const Profile = Type.Object({ id: Id, method: Code, vessel: Text, ...measures, note: Text, position: Type.Integer() })
const Params = Type.Object({ id: Id, profile_id: Id })

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }

const path = '/admin/products/:id/brew-profiles'

export const showBrewProfilesRoute =
  ({ db }: Readonly<{ db: Kysely<CatalogTables> }>): Routes =>
  (http) => {
    http.get(
      path,
      {
        schema: {
          tags,
          summary: 'How a tea is brewed',
          params: IdParams,
          querystring: Type.Object(PageQuery, { additionalProperties: false }),
          response: { 200: Page(Profile) },
        },
        config: { access },
      },
      async (request) => {
        const { id } = request.params
        const window = windowOf(request.query)
        const product = await db.selectFrom('catalog.products').select('id').where('id', '=', id).executeTakeFirst()
        if (!product) throw notFound('product')
        const items = await db
          .selectFrom('catalog.brew_profiles')
          .select([
            'id',
            'method',
            'vessel',
            'leaf_grams',
            'water_ml',
            'temperature_c',
            'steep_seconds',
            'note',
            'position',
          ])
          .where('product_id', '=', id)
          .orderBy('position')
          .orderBy('method')
          .execute()
        return pageOfAll(items, window)
      },
    )
  }

export const keepBrewProfileRoute =
  (keep: KeepBrewProfile): Routes =>
  (http) => {
    http.post(
      path,
      {
        schema: {
          tags,
          summary: 'Add a way to brew it',
          params: IdParams,
          body: Body,
          response: { 201: Profile, ...problemsOf(answers) },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await keep({ product_id: request.params.id }, request.body)
        if (outcome.kind === 'absent') throw notFound('product')
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        return reply.code(201).send(spelled(outcome.profile))
      },
    )
    http.put(
      `${path}/:profile_id`,
      {
        schema: {
          tags,
          summary: 'Replace a way to brew it',
          params: Params,
          body: Body,
          response: { 200: Profile, ...problemsOf(answers) },
        },
        config: { access },
      },
      async (request, reply) => {
        const { id, profile_id } = request.params
        const outcome = await keep({ product_id: id, id: profile_id }, request.body)
        if (outcome.kind === 'absent') throw notFound('brew profile')
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        return reply.send(spelled(outcome.profile))
      },
    )
  }

export const removeBrewProfileRoute =
  (remove: RemoveBrewProfile): Routes =>
  (http) => {
    http.delete(
      `${path}/:profile_id`,
      {
        schema: { tags, summary: 'Take a way to brew it away', params: Params, response: { 204: Type.Null() } },
        config: { access },
      },
      async (request, reply) => {
        if (!(await remove(request.params.id, request.params.profile_id))) throw notFound('brew profile')
        return reply.code(204).send(null)
      },
    )
  }

type Kept = Extract<Brewing, { kind: 'kept' }>['profile']
const spelled = (profile: Kept) => ({ ...profile, steep_seconds: [...profile.steep_seconds] })
