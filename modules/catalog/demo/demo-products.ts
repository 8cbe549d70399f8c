import { createHash } from 'node:crypto'
import type { Localized } from '#platform/values'
import type { AttributeValue } from '../taxonomy/schema.ts'
import { bouquets, type DemoBouquet } from './bouquets.ts'
import { flowers, type DemoFlower } from './flowers.ts'
import { teas, type DemoTea } from './teas.ts'
import { wares, type DemoWare } from './wares.ts'

type DemoVariant = Readonly<{
  sku: string
  title: Localized
  price: number | undefined
  compare_at_price?: number
  weight_grams: number
  stock: number
  components?: readonly Readonly<{ sku: string; quantity: number; substitutes: readonly string[] }>[]
}>

type DemoBrew = Readonly<{
  method: 'gongfu' | 'cup'
  grams: number
  ml: number
  celsius: number
  steeps: readonly number[]
}>

export type DemoProduct = Readonly<{
  slug: string
  type: string
  category: string
  name: Localized
  description: Localized
  tags: readonly string[]
  attributes: Readonly<Record<string, AttributeValue>>
  variants: readonly DemoVariant[]
  brews?: readonly DemoBrew[]
}>

/** The same key gives the same id, so that a second run adds nothing. */
export function demoId(key: string): string {
  const hash = createHash('sha256').update(`posad demo ${key}`).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

const text = (ru: string, en: string): Localized => ({ ru, en })

type Named = Readonly<{
  slug: string
  ru: string
  en: string
  description: readonly [string, string]
  tags?: readonly string[]
}>
const named = ({ slug, ru, en, description, tags = [] }: Named) => ({
  slug,
  name: text(ru, en),
  description: text(...description),
  tags,
})

const teaCategories: Record<DemoTea['kind'], string> = {
  oolong: 'oolongs',
  puerh: 'pu-erh',
  green: 'green-tea',
  black: 'black-tea',
  white: 'white-tea',
  herbal: 'herbal',
}

/** A gram costs less in a larger pack. */
const packs = [
  { grams: 50, factor: 1 },
  { grams: 100, factor: 1.9 },
  { grams: 250, factor: 4.5 },
]

function fromTea(tea: DemoTea): DemoProduct {
  const temperatures = [tea.gongfu, tea.cup].flatMap((brew) => (brew ? [brew.celsius] : []))
  return {
    ...named(tea),
    type: 'tea',
    category: teaCategories[tea.kind],
    attributes: {
      tea_kind: tea.kind,
      taste: tea.taste,
      origin: tea.origin,
      harvest_year: tea.year,
      roast: tea.roast,
      caffeine: tea.caffeine,
      water: { min: Math.min(...temperatures), max: Math.max(...temperatures) },
      organic: tea.organic ?? false,
    },
    variants: packs.map(({ grams, factor }, i) => ({
      sku: `${tea.slug}-${grams}`.toUpperCase(),
      title: text(`${grams} г`, `${grams} g`),
      price: Math.round((tea.price * factor) / 1000) * 1000,
      weight_grams: grams,
      stock: tea.stock[i] ?? 0,
    })),
    brews: [
      ...(tea.gongfu ? [{ method: 'gongfu' as const, ...tea.gongfu }] : []),
      { method: 'cup' as const, ...tea.cup },
    ],
  }
}

const greenery = new Set(['eucalyptus', 'ruscus', 'gypsophila'])

const fromFlower = (flower: DemoFlower): DemoProduct => ({
  ...named(flower),
  type: 'flower',
  category: greenery.has(flower.type) ? 'greenery' : 'stems',
  attributes: {
    flower_type: flower.type,
    bloom: flower.bloom,
    height: flower.height,
    vase_life: { min: flower.vase[0], max: flower.vase[1] },
    fragrant: flower.fragrant ?? false,
  },
  variants: [plainVariant(flower)],
})

const plainVariant = ({
  slug,
  price,
  stock,
  grams,
}: Readonly<{ slug: string; price: number; stock: number; grams: number }>) => ({
  sku: slug.toUpperCase(),
  title: text('', ''),
  price,
  weight_grams: grams,
  stock,
})

const fromWare = (ware: DemoWare): DemoProduct => ({
  ...named(ware),
  type: 'ware',
  category: 'teaware',
  attributes: {
    material: ware.material,
    volume: ware.volume,
    handmade: ware.handmade ?? false,
    ...(ware.palette !== undefined && { palette: ware.palette }),
  },
  variants: [
    { ...plainVariant(ware), ...(ware.compare_at_price !== undefined && { compare_at_price: ware.compare_at_price }) },
  ],
})

function fromBouquet(bouquet: DemoBouquet, plain: readonly DemoProduct[]): DemoProduct {
  const firstVariant = (slug: string) => {
    const variant = plain.find((product) => product.slug === slug)?.variants[0]
    if (!variant) throw new Error(`The demo bouquet ${bouquet.slug} contains ${slug}, which does not exist`)
    return variant
  }
  return {
    ...named(bouquet),
    type: bouquet.type,
    category: bouquet.type === 'gift' ? 'gifts' : 'bouquets',
    attributes: { occasion: bouquet.occasion, palette: bouquet.palette },
    variants: bouquet.sizes.map(({ ru, en, price, components }, i) => ({
      sku: `${bouquet.slug}-${i + 1}`.toUpperCase(),
      title: text(ru, en),
      price,
      weight_grams: components.reduce((sum, { slug, quantity }) => sum + firstVariant(slug).weight_grams * quantity, 0),
      stock: 0,
      components: components.map(({ slug, quantity, substitutes }) => ({
        sku: firstVariant(slug).sku,
        quantity,
        substitutes: substitutes.map((substitute) => firstVariant(substitute).sku),
      })),
    })),
  }
}

/** The products of the demo shop; components stand before the bundles that contain them. */
export function demoProducts(): readonly DemoProduct[] {
  const plain = [...teas.map(fromTea), ...flowers.map(fromFlower), ...wares.map(fromWare)]
  return [...plain, ...bouquets.map((bouquet) => fromBouquet(bouquet, plain))]
}
