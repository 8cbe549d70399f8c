import { Type } from 'typebox'
import { answer, type Answer, problemsOf, refuse, type Routes, sendCached } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { PluralParams } from '../../schema.ts'
import type { FindType } from '../../taxonomy/store/types.ts'
import { filterLimits, ListOfTypeQuery, ListQuery, ProductList } from '../schema.ts'
import type { ListProducts, ListProductsOutcome } from './query.ts'

const answers = {
  'unknown-attribute': {
    ...answer(400, 'There is no such attribute.', 'Такого свойства нет.'),
    members: { attribute: Type.String() },
  },
  'attribute-twice': {
    ...answer(
      400,
      'The filter names an attribute twice. Send its values in one parameter, separated by commas.',
      'Свойство указано в фильтре дважды. Перечислите его значения через запятую в одном параметре.',
    ),
    members: { attribute: Type.String() },
  },
  'too-many-attributes': {
    ...answer(
      400,
      `A filter may name at most ${filterLimits.attributes} attributes.`,
      `В фильтре может быть не больше ${filterLimits.attributes} свойств.`,
    ),
    members: { maximum: Type.Integer() },
  },
  'too-many-values': {
    ...answer(
      400,
      `The filter has more than ${filterLimits.values} values.`,
      `В фильтре больше ${filterLimits.values} значений.`,
    ),
    members: { parameter: Type.String(), maximum: Type.Integer() },
  },
  'too-many-ranges': {
    ...answer(
      400,
      `A filter may have at most ${filterLimits.ranges} ranges.`,
      `В фильтре может быть не больше ${filterLimits.ranges} диапазонов.`,
    ),
    members: { maximum: Type.Integer() },
  },
} satisfies Record<ReasonOf<ListProductsOutcome>, Answer>

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
          response: { 200: ProductList, ...problemsOf(answers) },
        },
        config,
      },
      async (request, reply) => {
        const { locale, query } = request
        const outcome = await listProducts(query, { locale, isFlat: false })
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return sendCached(request, reply, outcome.response)
      },
    )
    http.get(
      '/catalog/:plural',
      {
        schema: {
          tags,
          summary: 'List the flat products of one type by its plural, such as flowers, teas or bouquets',
          params: PluralParams,
          querystring: ListOfTypeQuery,
          response: { 200: ProductList, ...problemsOf(answers) },
        },
        config,
      },
      async (request, reply) => {
        const { locale, params, query } = request
        const type = await findType(params.plural)
        if (isRefusal(type)) return refuse(reply, type)
        const outcome = await listProducts({ ...query, type: type.code }, { locale, isFlat: true })
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return sendCached(request, reply, outcome.response)
      },
    )
  }
