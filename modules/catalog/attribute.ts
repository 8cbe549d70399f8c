import type { Localized } from '#platform/values'

export const attributeKinds = ['text', 'number', 'bool', 'enum', 'multi_enum', 'range', 'color'] as const
export type AttributeKind = (typeof attributeKinds)[number]

export const uiHints = ['chips', 'radio', 'slider', 'toggle', 'swatch', 'scale', 'text'] as const
export type UiHint = (typeof uiHints)[number]

/** One of the values an enum may have; a swatch shows its colour. */
export type KnownValue = Readonly<{ code: string; name: Localized; color?: string }>

export type AttributeValue = string | number | boolean | readonly string[] | Readonly<{ min: number; max: number }>

export type Attribute = Readonly<{ code: string; kind: AttributeKind; values: readonly KnownValue[] }>

export type AttributesRefused = Readonly<{
  kind: 'refused'
  reason: 'unknown-attribute' | 'bad-attribute-value'
  attribute: string
}>

/** Decides whether a product of a type with these attributes may say `given` of itself. */
export function decideAttributes(
  allowed: readonly Attribute[],
  given: Readonly<Record<string, unknown>>,
): AttributesRefused | Readonly<{ kind: 'fitting'; attributes: Readonly<Record<string, AttributeValue>> }> {
  for (const [code, value] of Object.entries(given)) {
    const attribute = allowed.find((each) => each.code === code)
    if (!attribute) return { kind: 'refused', reason: 'unknown-attribute', attribute: code }
    if (!fits(attribute, value)) return { kind: 'refused', reason: 'bad-attribute-value', attribute: code }
  }
  return { kind: 'fitting', attributes: given as Readonly<Record<string, AttributeValue>> }
}

/** True when `value` is one that an attribute of this kind can have. */
function fits({ kind, values }: Pick<Attribute, 'kind' | 'values'>, value: unknown): boolean {
  const isKnown = (code: unknown) => values.some((known) => known.code === code)
  switch (kind) {
    case 'text':
      return typeof value === 'string' && value.length <= 500
    case 'number':
      return isNumber(value)
    case 'bool':
      return typeof value === 'boolean'
    case 'enum':
      return isKnown(value)
    case 'multi_enum':
      return Array.isArray(value) && value.every(isKnown) && new Set(value).size === value.length
    case 'range': {
      const { min, max } = (value ?? {}) as { min?: unknown; max?: unknown }
      return isNumber(min) && isNumber(max) && min <= max
    }
    case 'color':
      return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value)
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
