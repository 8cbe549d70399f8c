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
  parts?: readonly Readonly<{ sku: string; count: number; or: readonly string[] }>[]
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

/** The same id for the same thing every time: seeding twice adds nothing. */
export function demoId(key: string): string {
  const hash = createHash('sha256').update(`posad demo ${key}`).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

const both = (ru: string, en: string): Localized => ({ ru, en })
const said = ([ru, en]: readonly [string, string]): Localized => ({ ru, en })

type Named = Readonly<{
  slug: string
  ru: string
  en: string
  says: readonly [string, string]
  tags?: readonly string[]
}>
const named = ({ slug, ru, en, says, tags = [] }: Named) => ({
  slug,
  name: both(ru, en),
  description: said(says),
  tags,
})

const teaShelves: Record<DemoTea['kind'], string> = {
  oolong: 'oolongs',
  puerh: 'pu-erh',
  green: 'green-tea',
  black: 'black-tea',
  white: 'white-tea',
  herbal: 'herbal',
}

/** Larger packs are cheaper by the gram. */
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
    category: teaShelves[tea.kind],
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
      title: both(`${grams} г`, `${grams} g`),
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
  variants: [plain(flower)],
})

const plain = ({
  slug,
  price,
  stock,
  grams,
}: Readonly<{ slug: string; price: number; stock: number; grams: number }>) => ({
  sku: slug.toUpperCase(),
  title: both('', ''),
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
  variants: [{ ...plain(ware), ...(ware.was !== undefined && { compare_at_price: ware.was }) }],
})

/** A component is meant by its product: of a tea the smallest pack. */
function fromBouquet(bouquet: DemoBouquet, known: readonly DemoProduct[]): DemoProduct {
  const first = (slug: string) => {
    const variant = known.find((product) => product.slug === slug)?.variants[0]
    if (!variant) throw new Error(`The demo bouquet ${bouquet.slug} is made of an unknown ${slug}`)
    return variant
  }
  return {
    ...named(bouquet),
    type: bouquet.type,
    category: bouquet.type === 'gift' ? 'gifts' : 'bouquets',
    attributes: { occasion: bouquet.occasion, palette: bouquet.palette },
    variants: bouquet.sizes.map(({ ru, en, price, parts }, i) => ({
      sku: `${bouquet.slug}-${i + 1}`.toUpperCase(),
      title: both(ru, en),
      price,
      weight_grams: parts.reduce((sum, { of, count }) => sum + first(of).weight_grams * count, 0),
      stock: 0,
      parts: parts.map(({ of, count, or = [] }) => ({
        sku: first(of).sku,
        count,
        or: or.map((each) => first(each).sku),
      })),
    })),
  }
}

/** Everything the demo shop sells, components before the bundles made of them. */
export function demoProducts(): readonly DemoProduct[] {
  const plain = [...teas.map(fromTea), ...flowers.map(fromFlower), ...wares.map(fromWare)]
  return [...plain, ...bouquets.map((bouquet) => fromBouquet(bouquet, plain))]
}
