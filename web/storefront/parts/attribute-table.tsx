import type { VNode } from 'preact'
import type { Schemas } from '../api/client.ts'
import { useShop, type Shop } from '../shop.ts'
import { Swatch } from '../pages/list-filters.tsx'

type Detail = Schemas['ProductAttribute']

/** The attributes of a product, each shown by its hint. An attribute that is false is left out. */
export function AttributeTable({ product }: Readonly<{ product: Schemas['Product'] }>): VNode | null {
  const { formats, texts } = useShop()
  const { origin_country } = product
  const shown = product.attribute_details.filter(({ value }) => value !== false && value !== '')
  if (shown.length === 0 && origin_country === null) return null
  return (
    <section class="attributes" aria-labelledby="attributes">
      <h2 id="attributes">{texts.product.about}</h2>
      <dl>
        {origin_country !== null && (
          <div>
            <dt>{texts.product.origin}</dt>
            <dd>{formats.country(origin_country)}</dd>
          </div>
        )}
        {shown.map((detail) => (
          <div key={detail.code}>
            <dt>{detail.name}</dt>
            <dd>
              <Value detail={detail} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Value({ detail }: Readonly<{ detail: Detail }>): VNode {
  const shop = useShop()
  const { kind, ui_hint, value, values, unit } = detail
  if (kind === 'color' && typeof value === 'string') return <Swatch color={value} />
  if (ui_hint === 'scale' && typeof value === 'number' && value <= 5) return <Scale value={value} unit={unit} />
  if (Array.isArray(value)) {
    return (
      <span class="words">
        {value.map((code) => (
          <span class="word" key={code}>
            {nameOf(values, code)}
          </span>
        ))}
      </span>
    )
  }
  const color = values.find(({ code }) => code === value)?.color
  return (
    <span>
      {color !== undefined && <Swatch color={color} />} {textOf(detail, shop)}
    </span>
  )
}

const nameOf = (values: Detail['values'], code: string) => values.find((each) => each.code === code)?.name ?? code

function textOf({ value, values, unit }: Detail, { formats, texts }: Shop): string {
  const withUnit = (text: string) => (unit === null ? text : `${text} ${unit}`)
  if (value === true) return texts.product.yes
  if (typeof value === 'number') return withUnit(formats.number(value))
  if (typeof value === 'string') return withUnit(nameOf(values, value))
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { min, max } = value
    return withUnit(min === max ? formats.number(min) : `${formats.number(min)}–${formats.number(max)}`)
  }
  return String(value)
}

/** A number of five as dots, with the number for readers who do not see them. */
const Scale = ({ value, unit }: Readonly<{ value: number; unit: string | null }>): VNode => (
  <span class="scale">
    {[1, 2, 3, 4, 5].map((step) => (
      <i key={step} class={step <= value ? 'on' : ''} aria-hidden="true" />
    ))}
    <span class="unseen">
      {value} {unit}
    </span>
  </span>
)
