import { Type, type Static } from 'typebox'
import { Closed, Id, LocalizedText, MultilineText, named, type Shape } from '#platform/schema'
import { Code, LocalizedInput, Position } from '../schema.ts'

/** The path parameters of a route about one brew profile. */
export const BrewProfileParams = Type.Object({ id: Id, profile_id: Id })

/** The fields that are the same in both languages. */
const brewFields = {
  method: Code,
  leaf_grams: Type.Number({ minimum: 0.01, maximum: 1000 }),
  water_ml: Type.Integer({ minimum: 1, maximum: 10_000 }),
  temperature_c: Type.Integer({ minimum: 1, maximum: 100 }),
  steep_seconds: Type.Array(Type.Integer({ minimum: 1, maximum: 86_400 }), {
    minItems: 1,
    maxItems: 30,
    description: 'One for each infusion',
  }),
}

export const BrewProfile = named(
  'BrewProfile',
  Type.Object({ id: Id, ...brewFields, vessel: Type.String(), note: Type.String() }),
)
export type BrewProfile = Static<typeof BrewProfile>

export const AdminBrewProfile = named(
  'AdminBrewProfile',
  Type.Object({ id: Id, ...brewFields, vessel: LocalizedText, note: LocalizedText, position: Type.Integer() }),
)
export type AdminBrewProfile = Static<typeof AdminBrewProfile>

export const BrewProfileBody = named(
  'BrewProfileBody',
  Closed({
    ...brewFields,
    vessel: Type.Optional(LocalizedInput(200)),
    note: Type.Optional(LocalizedInput(2000, MultilineText)),
    position: Type.Optional(Position),
  }),
)
export type BrewProfileBody = Shape<typeof BrewProfileBody>
