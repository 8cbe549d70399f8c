import type { Refused } from '#platform/outcome'
import type { Locale, Localized } from '#platform/values'
import type { LocalizedInput } from '../schema.ts'
import type { AdminAttribute, AttributeKind, AttributeValues, ChangeAttributeBody, UiHint } from './schema.ts'
import { changedText, inBoth } from '../text.ts'

/** An attribute as the type of a product allows it. */
export type AllowedAttribute = Pick<AdminAttribute, 'code' | 'kind' | 'values'>

export type AttributesRefused = Refused<'unknown-attribute' | 'bad-attribute-value'> & Readonly<{ attribute: string }>

/** Decides whether a product whose type has the `allowed` attributes may have these values. */
export function decideAttributes(
  allowed: readonly AllowedAttribute[],
  values: AttributeValues,
): AttributesRefused | Readonly<{ kind: 'allowed' }> {
  for (const [code, value] of Object.entries(values)) {
    const attribute = allowed.find((each) => each.code === code)
    if (!attribute) return { kind: 'refused', reason: 'unknown-attribute', attribute: code }
    if (!allows(attribute, value)) return { kind: 'refused', reason: 'bad-attribute-value', attribute: code }
  }
  return { kind: 'allowed' }
}

function allows({ kind, values }: AllowedAttribute, value: unknown): boolean {
  const isOption = (code: unknown) => values.some((option) => option.code === code)
  switch (kind) {
    case 'text':
      return typeof value === 'string' && value.length <= 500
    case 'number':
      return isNumber(value)
    case 'bool':
      return typeof value === 'boolean'
    case 'enum':
      return isOption(value)
    case 'multi_enum':
      return Array.isArray(value) && value.every(isOption) && new Set(value).size === value.length
    case 'range': {
      const { min, max } = (value ?? {}) as { min?: unknown; max?: unknown }
      return isNumber(min) && isNumber(max) && min <= max
    }
    case 'color':
      return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value)
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

export const defaultHints: Record<AttributeKind, UiHint> = {
  text: 'text',
  number: 'slider',
  bool: 'toggle',
  enum: 'radio',
  multi_enum: 'chips',
  range: 'scale',
  color: 'swatch',
}

export type OptionsRefused = Refused<'values-missing' | 'values-only-for-enums' | 'value-twice'>

/** Changes an attribute, unless its kind does not fit the options that it then has. */
export function changedAttribute(
  before: AdminAttribute,
  change: ChangeAttributeBody,
  locale: Locale,
): OptionsRefused | Readonly<{ kind: 'changed'; attribute: AdminAttribute }> {
  const { name, unit, values, ...rest } = change
  const nameOf = (code: string) => before.values.find((option) => option.code === code)?.name ?? null
  const textAfter = (text: Localized | null, changed: LocalizedInput) =>
    text === null ? inBoth(changed) : changedText(text, changed, locale)
  const attribute: AdminAttribute = {
    ...before,
    ...rest,
    name: changedText(before.name, name, locale),
    ...(unit !== undefined && { unit: unit === null ? null : textAfter(before.unit, unit) }),
    ...(values !== undefined && {
      values: values.map((option) => ({ ...option, name: textAfter(nameOf(option.code), option.name) })),
    }),
  }
  const isEnum = attribute.kind === 'enum' || attribute.kind === 'multi_enum'
  const codes = attribute.values.map(({ code }) => code)
  if (isEnum && codes.length === 0) return { kind: 'refused', reason: 'values-missing' }
  if (!isEnum && codes.length > 0) return { kind: 'refused', reason: 'values-only-for-enums' }
  if (new Set(codes).size < codes.length) return { kind: 'refused', reason: 'value-twice' }
  return { kind: 'changed', attribute }
}
