import { Type, type Static } from 'typebox'
import { Closed, named, Nullable, OneOf, Page, PageQuery, type Shape, Text } from '#platform/schema'
import { listExample } from '../examples.ts'
import { ProductCard } from '../products/schema.ts'
import { Price } from '../schema.ts'
import { Attribute } from '../taxonomy/schema.ts'
import { maxProductsOfFile } from './sitemap.ts'

const FacetValue = named(
  'FacetValue',
  Type.Object({
    code: Type.String(),
    name: Type.String(),
    count: Type.Integer(),
    color: Type.Optional(Type.String()),
  }),
)

const { code, name, kind, unit, ui_hint } = Attribute.properties

/** The most matches that the facets count. */
export const maxSampled = 2000

const Facets = named(
  'Facets',
  Type.Object({
    types: Type.Array(FacetValue),
    categories: Type.Array(FacetValue),
    tags: Type.Array(FacetValue),
    attributes: Type.Array(Type.Object({ code, name, kind, unit, ui_hint, values: Type.Array(FacetValue) })),
    price: Type.Object({ min: Nullable(Price), max: Nullable(Price) }),
    counts_capped: Type.Boolean({
      description: `The counts are those of ${maxSampled.toLocaleString('en-US')} of the matches`,
    }),
  }),
)

export const ProductList = named(
  'ProductList',
  Type.Object(
    {
      ...Page(ProductCard).properties,
      facets: Type.Optional(Facets),
      did_you_mean: Type.Optional(Nullable(Type.String())),
    },
    { examples: [listExample] },
  ),
)

const ListSort = OneOf(['newest', 'price', '-price', 'popular', 'name'], {
  description: 'By relevance for a search, otherwise newest first',
})
export type ListSort = Static<typeof ListSort>

/** A search without a sort is sorted by relevance. */
export type Sort = ListSort | 'relevance'

/**
 * The most that one request may filter by: attributes, values of each, and ranges in total. PostgreSQL plans the conditions of
 * every list and of every count for a facet: a URL of 8 kB full of ranges would take 110 ms of processor time, a plain list 2.
 */
export const filterLimits = { attributes: 6, values: 20, ranges: 6 } as const

const SlugsOrIds = Type.Array(Type.String({ minLength: 1, maxLength: 400, pattern: '^[A-Za-z0-9,-]+$' }), {
  maxItems: filterLimits.values,
  description: `At most ${filterLimits.values} slugs or ids; a product matches any of them. Separate them by commas, or repeat the parameter`,
})

const attributeCode = '[a-z][a-z0-9_]{0,59}'
const attributeValues = '[^\\u0000]{1,200}'

const AttributeFilters = Type.Array(
  Type.String({ maxLength: 261, pattern: `^${attributeCode}:${attributeValues}$`, examples: ['color:red,white'] }),
  {
    maxItems: filterLimits.attributes,
    description:
      'An attribute and its values: `color:red,white` is either of two values, `height:40..60` is a range. Each filter narrows the list. ' +
      '`attr.color=red,white` is the same as `attr=color:red,white`. ' +
      `A request filters by at most ${filterLimits.attributes} attributes, each named once, by at most ` +
      `${filterLimits.values} values of each, and by at most ${filterLimits.ranges} ranges in total.`,
  },
)

const filters = {
  ...PageQuery,
  attr: Type.Optional(AttributeFilters),
  category: Type.Optional(SlugsOrIds),
  tag: Type.Optional(SlugsOrIds),
  price_min: Type.Optional(Price),
  price_max: Type.Optional(Price),
  in_stock: Type.Optional(Type.Boolean({ description: 'true lists only products in stock' })),
  search: Type.Optional(Text(200)),
  sort: Type.Optional(ListSort),
  facets: Type.Optional(Type.Boolean({ description: 'Count the products that each further filter would leave' })),
}

/** OpenAPI cannot describe parameters by a pattern of their names, so generated clients use `attr`. */
const attributeFilters = {
  additionalProperties: false,
  maxProperties: 40,
  patternProperties: {
    [`^attr\\.${attributeCode}$`]: Type.Array(Type.String({ maxLength: 200, pattern: `^${attributeValues}$` }), {
      maxItems: filterLimits.values,
    }),
  },
}

export const ListQuery = Type.Object(
  { ...filters, type: Type.Optional(Type.String({ maxLength: 60, pattern: '^[a-z][a-z0-9_]*$' })) },
  attributeFilters,
)

export type ListQuery = Shape<typeof ListQuery>

export const ListOfTypeQuery = Type.Object(filters, attributeFilters)

const suggestedFields = ProductCard.properties

const SuggestedProduct = named(
  'SuggestedProduct',
  Type.Object({
    id: suggestedFields.id,
    slug: suggestedFields.slug,
    type: suggestedFields.type,
    name: suggestedFields.name,
    image: suggestedFields.image,
    price: suggestedFields.price,
    currency: suggestedFields.currency,
    in_stock: suggestedFields.in_stock,
  }),
)
export type SuggestedProduct = Static<typeof SuggestedProduct>

/** The products and categories that are suggested at most. */
export const maxSuggested = { products: 20, categories: 5 } as const

export const Suggestions = named(
  'Suggestions',
  Type.Object({
    products: Type.Array(SuggestedProduct, { maxItems: maxSuggested.products, description: 'Best matches first' }),
    categories: Type.Array(Type.Object({ slug: Type.String(), name: Type.String() }), {
      maxItems: maxSuggested.categories,
    }),
    did_you_mean: Nullable(Type.String({ description: 'The search with its misspelled words corrected' })),
  }),
)
export type Suggestions = Static<typeof Suggestions>

export const SuggestQuery = Closed({
  search: Text(200, { minLength: 1 }),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: maxSuggested.products, description: 'The most products; 6 when absent' }),
  ),
})

export const Sitemap = named('Sitemap', Type.Object({ files: Type.Integer({ minimum: 1 }) }))

export const SitemapFile = named(
  'SitemapFile',
  Type.Object({
    slugs: Type.Array(Type.String(), {
      maxItems: maxProductsOfFile,
      description: 'The products of the file that are on sale',
    }),
  }),
)
export type SitemapFile = Static<typeof SitemapFile>

export const SitemapFileParams = Type.Object({ number: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }) })
