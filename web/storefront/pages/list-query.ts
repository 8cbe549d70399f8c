import type { Formats } from '../formats.ts'

/** The parameters of a list that addresses have. Prices are in major units, as people type them. */
export const listParameters = ['search', 'attr', 'tag', 'price_min', 'price_max', 'in_stock', 'sort', 'page'] as const

const sorts = ['newest', 'price', '-price', 'popular', 'name'] as const
export type ListSort = (typeof sorts)[number]

/** The choices of a reader in a list. */
export type ListChoice = Readonly<{
  search: string
  /** Values by attribute. */
  attributes: ReadonlyMap<string, readonly string[]>
  tags: readonly string[]
  priceMin: string
  priceMax: string
  inStock: boolean
  sort: ListSort | undefined
  page: number
}>

/** The page of a list that an address asks for. */
export const pageOf = (query: URLSearchParams): number =>
  Math.min(Math.max(Number.parseInt(query.get('page') ?? '1', 10) || 1, 1), 500)

/** Reads the choices of an address; what it does not understand is left out. */
export function choiceOf(query: URLSearchParams): ListChoice {
  const attributes = new Map<string, string[]>()
  for (const pair of query.getAll('attr')) {
    const [code = '', ...rest] = pair.split(':')
    const values = rest.join(':').split(',').filter(Boolean)
    if (/^[a-z][a-z0-9_]*$/.test(code) && values.length > 0)
      attributes.set(code, [...new Set([...(attributes.get(code) ?? []), ...values])])
  }
  const price = (name: string) => (/^\d{1,8}$/.test(query.get(name) ?? '') ? (query.get(name) ?? '') : '')
  return {
    search: (query.get('search') ?? '').trim().slice(0, 200),
    attributes,
    tags: query.getAll('tag').filter((tag) => /^[a-z0-9-]+$/i.test(tag)),
    priceMin: price('price_min'),
    priceMax: price('price_max'),
    inStock: query.get('in_stock') === 'true',
    sort: sorts.find((sort) => sort === query.get('sort')),
    page: pageOf(query),
  }
}

const pageSize = 24

/** The query of the API for the choices. */
export const apiQueryOf = ({ search, attributes, tags, priceMin, priceMax, inStock, sort, page }: ListChoice) => ({
  page,
  page_size: pageSize,
  facets: true,
  ...(search !== '' && { search }),
  ...(attributes.size > 0 && {
    attr: Array.from(attributes, ([code, values]) => `${code}:${values.join(',')}`).slice(0, 6),
  }),
  ...(tags.length > 0 && { tag: [...tags] }),
  ...(priceMin !== '' && { price_min: Number(priceMin) * 100 }),
  ...(priceMax !== '' && { price_max: Number(priceMax) * 100 }),
  ...(inStock && { in_stock: true }),
  ...(sort && { sort }),
})

/** The query of an address for the choices, without its defaults. */
export function searchOf(choice: ListChoice): string {
  const query = new URLSearchParams()
  if (choice.search !== '') query.set('search', choice.search)
  for (const [code, values] of choice.attributes) for (const value of values) query.append('attr', `${code}:${value}`)
  for (const tag of choice.tags) query.append('tag', tag)
  if (choice.priceMin !== '') query.set('price_min', choice.priceMin)
  if (choice.priceMax !== '') query.set('price_max', choice.priceMax)
  if (choice.inStock) query.set('in_stock', 'true')
  if (choice.sort) query.set('sort', choice.sort)
  if (choice.page > 1) query.set('page', String(choice.page))
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** One filter that is set, and the choices without it. */
type SetFilter = Readonly<{ key: string; label: string; without: ListChoice }>
type Names = Readonly<{
  attribute: (code: string, value: string) => string
  tag: (slug: string) => string
  from: string
  to: string
  inStock: string
  formats: Formats
  currency: string
}>

/** The filters that are set, for a row of chips that remove them. */
export function setFiltersOf(given: ListChoice, names: Names): readonly SetFilter[] {
  const choice = { ...given, page: 1 }
  const money = (major: string) => names.formats.money(Number(major) * 100, names.currency)
  return [
    ...Array.from(choice.attributes).flatMap(([code, values]) =>
      values.map((value) => ({
        key: `${code}:${value}`,
        label: names.attribute(code, value),
        without: withoutValue(choice, code, value),
      })),
    ),
    ...choice.tags.map((tag) => ({
      key: `tag:${tag}`,
      label: names.tag(tag),
      without: { ...choice, tags: choice.tags.filter((other) => other !== tag) },
    })),
    ...(choice.priceMin === ''
      ? []
      : [{ key: 'min', label: `${names.from} ${money(choice.priceMin)}`, without: { ...choice, priceMin: '' } }]),
    ...(choice.priceMax === ''
      ? []
      : [{ key: 'max', label: `${names.to} ${money(choice.priceMax)}`, without: { ...choice, priceMax: '' } }]),
    ...(choice.inStock ? [{ key: 'stock', label: names.inStock, without: { ...choice, inStock: false } }] : []),
  ]
}

function withoutValue(choice: ListChoice, code: string, value: string): ListChoice {
  const attributes = new Map(choice.attributes)
  const left = (attributes.get(code) ?? []).filter((other) => other !== value)
  if (left.length === 0) attributes.delete(code)
  else attributes.set(code, left)
  return { ...choice, attributes }
}
