import { Type } from 'typebox'
import { Page } from '#platform/schema'
import { CardSchema } from '../card.ts'
import { listExample } from '../examples.ts'
import { Amount, orNull } from '../shapes.ts'

const Value = Type.Object({
  code: Type.String(),
  name: Type.String(),
  count: Type.Integer(),
  color: Type.Optional(Type.String()),
})

const Facets = Type.Object({
  types: Type.Array(Value),
  categories: Type.Array(Value),
  tags: Type.Array(Value),
  attributes: Type.Array(
    Type.Object({
      code: Type.String(),
      name: Type.String(),
      kind: Type.String(),
      unit: orNull(Type.String()),
      ui_hint: Type.String(),
      values: Type.Array(Value),
    }),
  ),
  price: Type.Object({ min: orNull(Amount), max: orNull(Amount) }),
  capped: Type.Boolean({ description: 'Counts are of the first 5,000 matches only' }),
})

export const ListAnswer = Type.Object(
  {
    ...Page(CardSchema).properties,
    facets: Type.Optional(Facets),
    did_you_mean: Type.Optional(orNull(Type.String())),
  },
  { examples: [listExample] },
)
