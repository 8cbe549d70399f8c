import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import type { Schemas } from '../api/client.ts'
import { Icon } from '../parts/icon.tsx'
import { useRouter } from '../router/router.ts'
import { useShop } from '../shop.ts'
import { choiceOf, searchOf, setFiltersOf, type ListChoice } from './list-query.ts'

type Facets = Schemas['Facets']
type Attribute = Facets['attributes'][number]

/** The filters of a list. They are a form, so they work without JavaScript; with it each change applies at once. */
export function Filters({ facets, choice }: Readonly<{ facets: Facets | undefined; choice: ListChoice }>): VNode {
  const { texts } = useShop()
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const apply = () => {
    if (!form.current) return
    const query = new URLSearchParams()
    for (const [name, value] of new FormData(form.current))
      if (typeof value === 'string' && value !== '') query.append(name, value)
    router.go(`${location.pathname}${searchOf(choiceOf(query))}`)
  }
  return (
    <aside class="filters" aria-label={texts.list.filters}>
      <SetFilters facets={facets} choice={choice} />
      <details class="filters-fold">
        <summary>
          <Icon name="filter" /> {texts.list.filters}
        </summary>
        <form
          id="filters"
          ref={form}
          onChange={apply}
          onSubmit={(event) => {
            event.preventDefault()
            apply()
          }}
        >
          {choice.search !== '' && <input type="hidden" name="search" value={choice.search} />}
          <label class="check">
            <input type="checkbox" name="in_stock" value="true" checked={choice.inStock} />
            <span>{texts.list.inStock}</span>
          </label>
          <PriceFilter facets={facets} choice={choice} />
          {attributesOf(facets, choice).map((attribute) => (
            <AttributeFilter
              key={attribute.code}
              attribute={attribute}
              chosen={choice.attributes.get(attribute.code) ?? []}
            />
          ))}
          <button type="submit" class="button quiet apply">
            {texts.list.apply}
          </button>
        </form>
      </details>
    </aside>
  )
}

/** Attributes describe one type of products: a list of teas and flowers together shows only those that are set. */
function attributesOf(facets: Facets | undefined, { attributes }: ListChoice): readonly Attribute[] {
  const isMixed = (facets?.types.length ?? 0) > 2
  return (facets?.attributes ?? []).filter(
    ({ code, values }) => attributes.has(code) || (!isMixed && values.length > 1),
  )
}

function PriceFilter({ facets, choice }: Readonly<{ facets: Facets | undefined; choice: ListChoice }>): VNode {
  const { texts } = useShop()
  const major = (amount: number | null | undefined) => (amount == null ? '' : String(Math.round(amount / 100)))
  const field = (name: string, { label, value, hint }: Readonly<Record<'label' | 'value' | 'hint', string>>) => (
    <label class="number">
      <span>{label}</span>
      <input
        type="text"
        inputMode="numeric"
        pattern="[0-9]{1,8}"
        name={name}
        value={value}
        placeholder={hint}
        autocomplete="off"
      />
    </label>
  )
  return (
    <fieldset>
      <legend>{texts.list.price}</legend>
      <div class="range">
        {field('price_min', { label: texts.list.from, value: choice.priceMin, hint: major(facets?.price.min) })}
        {field('price_max', { label: texts.list.to, value: choice.priceMax, hint: major(facets?.price.max) })}
      </div>
    </fieldset>
  )
}

type AttributeProps = Readonly<{ attribute: Attribute; chosen: readonly string[] }>

function AttributeFilter({ attribute, chosen }: AttributeProps): VNode {
  const { texts } = useShop()
  const { code, name, unit, kind, ui_hint, values } = attribute
  const nameOf = (value: Attribute['values'][number]) =>
    kind === 'bool' ? (value.code === 'true' ? texts.list.yes : texts.list.no) : value.name
  return (
    <fieldset>
      <legend>
        {name}
        {unit !== null && <small>, {unit}</small>}
      </legend>
      <div class={ui_hint === 'swatch' ? 'options swatches' : 'options'}>
        {values.map((value) => (
          <label class="option" key={value.code}>
            <input type="checkbox" name="attr" value={`${code}:${value.code}`} checked={chosen.includes(value.code)} />
            <span>
              {value.color !== undefined && <Swatch color={value.color} />}
              {nameOf(value)} <small>{value.count}</small>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** A colour as a dot. A style attribute would need a weaker content security policy. */
export const Swatch = ({ color }: Readonly<{ color: string }>): VNode => (
  <svg class="swatch" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <circle cx="8" cy="8" r="7" fill={color} />
  </svg>
)

function SetFilters({ facets, choice }: Readonly<{ facets: Facets | undefined; choice: ListChoice }>): VNode | null {
  const { formats, texts } = useShop()
  const router = useRouter()
  const boolText = (name: string) => (name === 'true' ? texts.list.yes : name === 'false' ? texts.list.no : name)
  const attributeOf = (code: string) => facets?.attributes.find((attribute) => attribute.code === code)
  const filters = setFiltersOf(choice, {
    attribute: (code, value) => {
      const found = attributeOf(code)
      const name = found?.values.find((each) => each.code === value)?.name ?? value
      return found && found.kind !== 'enum' && found.kind !== 'multi_enum' ? `${found.name}: ${boolText(name)}` : name
    },
    tag: (slug) => facets?.tags.find(({ code }) => code === slug)?.name ?? slug,
    from: texts.list.from,
    to: texts.list.to,
    inStock: texts.list.inStock,
    formats,
    currency: 'RUB',
  })

  if (filters.length === 0) return null
  const path = router.page.get().url.split('?')[0] ?? ''
  const search = choice.search === '' ? '' : `?search=${encodeURIComponent(choice.search)}`
  return (
    <ul class="chips set-filters">
      {filters.map(({ key, label, without }) => (
        <li key={key}>
          <a class="chip on" href={`${path}${searchOf(without)}`} aria-label={texts.list.remove(label)}>
            {label} <Icon name="close" />
          </a>
        </li>
      ))}
      <li>
        <a class="chip" href={`${path}${search}`}>
          {texts.list.reset}
        </a>
      </li>
    </ul>
  )
}
