import { Type, type Static } from 'typebox'
import { answer, type Answer, notFound, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { withAttributes } from '../card.ts'
import { productAnswers } from '../product-answers.ts'
import { WholeProduct } from '../read-whole.ts'
import {
  Amount,
  Attributes,
  AttributeValue,
  Code,
  CurrencyCode,
  Id,
  Image,
  Line,
  orNull,
  Pieces,
  Slug,
} from '../shapes.ts'
import { TextGiven } from '../text.ts'
import { userOf } from '../user-of.ts'
import { variantAnswers } from '../variant-answers.ts'
import { VariantFields } from '../variant-rows.ts'
import type { CreateProduct, Creating } from './create-product.ts'

const answers = {
  ...variantAnswers,
  ...productAnswers,
  'unknown-type': answer(400, 'There is no such type of product', 'Такого типа товара нет'),
} satisfies Record<Extract<Creating, { kind: 'refused' }>['reason'], Answer>

const described = {
  id: Type.Optional(Id),
  name: TextGiven(200),
  description: Type.Optional(TextGiven(10_000)),
  slug: Type.Optional(Slug),
  category_id: Type.Optional(orNull(Id)),
  tag_ids: Type.Optional(Type.Array(Id, { maxItems: 50 })),
  image: Type.Optional(orNull(Image)),
  is_active: Type.Optional(Type.Boolean()),
}

const Body = Type.Object(
  {
    ...described,
    type: Code,
    attributes: Type.Optional(Attributes),
    variants: Type.Array(Type.Object(VariantFields, { additionalProperties: false }), { minItems: 1, maxItems: 100 }),
  },
  { additionalProperties: false },
)

/** Flower shop's form: one variant, and the attributes of the type beside it. Others are refused by the slice. */
const BodyOfType = Type.Object(
  {
    ...described,
    price: Type.Optional(Amount),
    currency: Type.Optional(CurrencyCode),
    sku: Type.Optional(Line(60)),
    weight_grams: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
    stock_quantity: Type.Optional(Pieces),
    components: VariantFields.components,
  },
  { additionalProperties: AttributeValue, maxProperties: 80 },
)

type Typed = (plural: string) => Promise<string | undefined>

export const createProductRoute =
  (createProduct: CreateProduct, typeOf: Typed): Routes =>
  (http) => {
    http.post(
      '/admin/products',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Add a product with its variants',
          body: Body,
          response: { 201: WholeProduct, ...problemsOf(answers) },
        },
        config: { access: { permission: 'catalog.write' }, idempotent: true },
      },
      async (request, reply) => {
        const storeResponse = storeResponseAs<Creating>(reply, 201, present)
        const outcome = await createProduct(request.body, userOf(request.caller), storeResponse)
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        return reply.code(201).send(outcome.product)
      },
    )
    http.post(
      '/catalog/:plural',
      {
        schema: {
          tags: ['catalog'],
          summary: 'Add a product of a type with one variant: a flower by name, price, stock_quantity and flower_type',
          params: Type.Object({ plural: Type.String({ maxLength: 60, pattern: '^[a-z][a-z0-9_-]*$' }) }),
          body: BodyOfType,
          response: { 201: Type.Object({}, { additionalProperties: true }), ...problemsOf(answers) },
        },
        config: { access: { permission: 'catalog.write' }, idempotent: true },
      },
      async (request, reply) => {
        const type = await typeOf(request.params.plural)
        if (type === undefined) throw notFound('type of product')
        const storeResponse = storeResponseAs<Creating>(reply, 201, presentOfType)
        const outcome = await createProduct({ type, ...split(request.body) }, userOf(request.caller), storeResponse)
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        return reply.code(201).send(presentOfType(outcome))
      },
    )
  }

const present = (outcome: Creating) => (outcome.kind === 'created' ? outcome.product : {})

function presentOfType(outcome: Creating) {
  if (outcome.kind === 'refused') return {}
  const { product } = outcome
  const [first] = product.variants
  const { price, currency, stock_quantity, sku, weight_grams, components } = first ?? {}
  const { name, description } = product
  const texts = {
    name: name.ru === name.en ? name.ru : name,
    description: description.ru === description.en ? description.ru : description,
  }
  return withAttributes({
    ...product,
    ...texts,
    variant_id: first?.id,
    price,
    currency,
    stock_quantity,
    sku,
    weight_grams,
    ...(components && components.length > 0 && { components }),
  })
}

function split(body: Static<typeof BodyOfType>) {
  const { id, name, description, slug, category_id, tag_ids, image, is_active, ...rest } = body
  const { price, currency, sku, weight_grams, stock_quantity, components, ...attributes } = rest
  return {
    ...defined({ id, description, slug, category_id, tag_ids, image, is_active }),
    name,
    attributes,
    variants: [defined({ price, currency, sku, weight_grams, stock_quantity, components })],
  }
}

type Defined<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }

const defined = <Fields extends object>(fields: Fields): Defined<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>
