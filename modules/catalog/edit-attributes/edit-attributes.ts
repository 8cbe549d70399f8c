import { sql, type Kysely } from 'kysely'
import { transaction, type AnyTx } from '#platform/db'
import type { StoreResponse } from '#platform/outcome'
import type { Localized } from '#platform/values'
import type { AttributeKind, KnownValue, UiHint } from '../attribute.ts'
import type { Shelf } from '../shelf.ts'
import type { CatalogTables } from '../tables.ts'
import { orRefused } from '../taken.ts'
import { inBoth } from '../text.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; shelf: Shelf }>

type WholeAttribute = Readonly<{
  code: string
  name: Localized
  kind: AttributeKind
  unit: Localized | null
  ui_hint: UiHint
  is_filter: boolean
  position: number
  values: readonly KnownValue[]
}>

type AttributeChange = Readonly<{
  name?: string | Localized
  unit?: string | Localized | null
  ui_hint?: UiHint
  is_filter?: boolean
  position?: number
  values?: readonly Readonly<{ code: string; name: string | Localized; color?: string }>[]
}>

type AttributeInput = AttributeChange & Readonly<{ code: string; name: string | Localized; kind: AttributeKind }>

export type AttributeOutcome =
  | Readonly<{ kind: 'kept'; attribute: WholeAttribute }>
  | Readonly<{ kind: 'removed' }>
  | Readonly<{ kind: 'absent' }>
  | Readonly<{
      kind: 'refused'
      reason: 'code-taken' | 'values-missing' | 'values-only-for-enums' | 'value-twice' | 'in-use'
    }>

export type EditAttributes = Readonly<{
  create: (input: AttributeInput, storeResponse: StoreResponse<AttributeOutcome>) => Promise<AttributeOutcome>
  change: (code: string, change: AttributeChange) => Promise<AttributeOutcome>
  remove: (code: string) => Promise<AttributeOutcome>
}>

const usualHints: Record<AttributeKind, UiHint> = {
  text: 'text',
  number: 'slider',
  bool: 'toggle',
  enum: 'radio',
  multi_enum: 'chips',
  range: 'scale',
  color: 'swatch',
}

export const editAttributes = ({ db, shelf }: Needs): EditAttributes => ({
  create: (input, storeResponse) =>
    orRefused(
      transaction(db, async (tx): Promise<AttributeOutcome> => {
        const { code, kind } = input
        const attribute = applied(
          {
            code,
            kind,
            name: inBoth(input.name),
            unit: null,
            ui_hint: usualHints[kind],
            is_filter: false,
            position: 0,
            values: [],
          },
          input,
        )
        const refused = whyNot(attribute)
        if (refused) return refused
        await tx.insertInto('catalog.attributes').values(toRow(attribute)).execute()
        shelf.changed(tx)
        const outcome = { kind: 'kept', attribute } as const
        await storeResponse(tx, outcome)
        return outcome
      }),
      { attributes_pkey: 'code-taken' },
    ),
  change: (code, change) =>
    transaction(db, async (tx): Promise<AttributeOutcome> => {
      const before = await tx
        .selectFrom('catalog.attributes')
        .selectAll()
        .where('code', '=', code)
        .forUpdate()
        .executeTakeFirst()
      if (!before) return { kind: 'absent' }
      const attribute = applied(before, change)
      const refused = whyNot(attribute) ?? (await whyUsed(tx, before, attribute))
      if (refused) return refused
      await tx.updateTable('catalog.attributes').set(toRow(attribute)).where('code', '=', code).execute()
      shelf.changed(tx)
      return { kind: 'kept', attribute }
    }),
  remove: (code) =>
    orRefused(
      transaction(db, async (tx): Promise<AttributeOutcome> => {
        const { numDeletedRows } = await tx.deleteFrom('catalog.attributes').where('code', '=', code).executeTakeFirst()
        if (numDeletedRows === 0n) return { kind: 'absent' }
        shelf.changed(tx)
        return { kind: 'removed' }
      }),
      { type_attributes_attribute_code_fkey: 'in-use' },
    ),
})

function applied(before: WholeAttribute, change: AttributeChange): WholeAttribute {
  const { name, unit, ui_hint, is_filter, position, values } = change
  return {
    ...before,
    ...(name !== undefined && { name: inBoth(name) }),
    ...(unit !== undefined && { unit: unit === null ? null : inBoth(unit) }),
    ...(ui_hint !== undefined && { ui_hint }),
    ...(is_filter !== undefined && { is_filter }),
    ...(position !== undefined && { position }),
    ...(values !== undefined && { values: values.map((value) => ({ ...value, name: inBoth(value.name) })) }),
  }
}

type Refused = Extract<AttributeOutcome, { kind: 'refused' }>

function whyNot({ kind, values }: WholeAttribute): Refused | undefined {
  const isEnum = kind === 'enum' || kind === 'multi_enum'
  if (isEnum && values.length === 0) return { kind: 'refused', reason: 'values-missing' }
  if (!isEnum && values.length > 0) return { kind: 'refused', reason: 'values-only-for-enums' }
  if (new Set(values.map(({ code }) => code)).size < values.length) return { kind: 'refused', reason: 'value-twice' }
  return undefined
}

/** A value that products bear cannot be taken from them. */
async function whyUsed(tx: AnyTx, before: WholeAttribute, after: WholeAttribute): Promise<Refused | undefined> {
  const gone = before.values
    .filter(({ code }) => !after.values.some((value) => value.code === code))
    .map(({ code }) => code)
  if (gone.length === 0) return undefined
  const { rows } = await sql<{ used: boolean }>`
    select exists (select from catalog.products
      where jsonb_exists_any(jsonb_build_array(attributes -> ${before.code}), ${gone}::text[])
         or jsonb_exists_any(attributes -> ${before.code}, ${gone}::text[])) as used`.execute(tx)
  return rows[0]?.used ? { kind: 'refused', reason: 'in-use' } : undefined
}

const toRow = ({ name, unit, values, ...attribute }: WholeAttribute) => ({
  ...attribute,
  name: JSON.stringify(name),
  unit: unit === null ? null : JSON.stringify(unit),
  values: JSON.stringify(values),
})
