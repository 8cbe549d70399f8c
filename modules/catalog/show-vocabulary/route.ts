import type { Kysely } from 'kysely'
import { Type, type TSchema } from 'typebox'
import { type Routes, sendCached } from '#platform/http'
import { pageOfAll, windowOf } from '#platform/outcome'
import { Page, PageQuery } from '#platform/schema'
import { Id, orNull } from '../shapes.ts'
import { prepare, type Shelf, shelfKey } from '../shelf.ts'
import type { CatalogTables } from '../tables.ts'
import { WholeAttribute, WholeCategory, WholeTag, WholeType } from '../whole-shapes.ts'
import { inLocale, type Noun, vocabulary } from './query.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; shelf: Shelf }>

const Word = Type.String()

/** For people, in one language; and whole, for staff. */
const shapes: Record<Noun, readonly [TSchema, TSchema]> = {
  categories: [
    Type.Object({
      id: Id,
      parent_id: orNull(Id),
      slug: Word,
      name: Word,
      description: Word,
      image: orNull(Word),
      position: Type.Integer(),
    }),
    WholeCategory,
  ],
  tags: [Type.Object({ id: Id, slug: Word, name: Word }), WholeTag],
  attributes: [
    Type.Object({
      code: Word,
      name: Word,
      kind: Word,
      unit: orNull(Word),
      ui_hint: Word,
      is_filter: Type.Boolean(),
      position: Type.Integer(),
      values: Type.Array(Type.Object({ code: Word, name: Word, color: Type.Optional(Word) })),
    }),
    WholeAttribute,
  ],
  types: [Type.Object({ code: Word, plural: Word, name: Word, attributes: Type.Array(Word) }), WholeType],
}

const querystring = Type.Object(PageQuery, { additionalProperties: false })

export const showVocabularyRoute =
  ({ db, shelf }: Needs): Routes =>
  (http) => {
    for (const noun of Object.keys(vocabulary) as Noun[]) {
      const [Shown, Whole] = shapes[noun]
      http.get(
        `/catalog/${noun}`,
        {
          schema: { tags: ['catalog'], summary: `The shop's ${noun}`, querystring, response: { 200: Page(Shown) } },
          config: { access: 'anyone' },
        },
        async (request, reply) => {
          const { locale, query } = request
          const key = shelfKey([noun, locale], query)
          const window = windowOf(query)
          const load = async () =>
            prepare(inLocale(pageOfAll<object>(await vocabulary[noun](db, locale), window), locale))
          return sendCached(request, reply, await shelf.list(key, load))
        },
      )
      http.get(
        `/admin/${noun}`,
        {
          schema: {
            tags: ['catalog'],
            summary: `The shop's ${noun} in both languages`,
            querystring,
            response: { 200: Page(Whole) },
          },
          config: { access: { permission: 'catalog.write' } },
        },
        async ({ locale, query }) => pageOfAll<object>(await vocabulary[noun](db, locale), windowOf(query)),
      )
    }
  }
