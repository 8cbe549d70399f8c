import { Type } from 'typebox'
import { attributeKinds, uiHints } from './attribute.ts'
import { Code, Id, orNull } from './shapes.ts'
import { Text } from './text.ts'

/** The words of the catalog as staff see them. */
export const WholeCategory = Type.Object({
  id: Id,
  parent_id: orNull(Id),
  slug: Type.String(),
  name: Text,
  description: Text,
  image: orNull(Type.String()),
  position: Type.Integer(),
})

export const WholeTag = Type.Object({ id: Id, slug: Type.String(), name: Text })

export const Kind = Type.Enum([...attributeKinds])
export const Hint = Type.Enum([...uiHints])
export const Color = Type.String({ maxLength: 7, pattern: '^#[0-9a-fA-F]{6}$' })

export const WholeAttribute = Type.Object({
  code: Code,
  name: Text,
  kind: Kind,
  unit: orNull(Text),
  ui_hint: Hint,
  is_filter: Type.Boolean(),
  position: Type.Integer(),
  values: Type.Array(Type.Object({ code: Type.String(), name: Text, color: Type.Optional(Color) })),
})

export const WholeType = Type.Object({
  code: Code,
  plural: Type.String(),
  name: Text,
  attributes: Type.Array(Type.String(), { description: 'Attribute codes in the order of the form' }),
})
