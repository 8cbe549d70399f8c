import { at, group, openDice, picture, type Dice } from './canvas.ts'
import { giftPicture, type GiftPart } from './gift.ts'
import { bouquetObject, bouquetPicture, flowerObject, flowerPicture, groundOf, type Flower } from './plants.ts'
import { bowl, heap, teaPicture, type Tea } from './tea.ts'
import { wareObject, warePicture, type Ware } from './ware.ts'

/** The facts of a product that its picture shows. */
export type Pictured = Readonly<{
  slug: string
  type: string
  attributes: Readonly<Record<string, unknown>>
  /** Colours of attribute values by their code, such as those of a swatch. */
  colors: Readonly<Record<string, string>>
  components: readonly Readonly<{ product: Pictured; quantity: number }>[]
}>

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(textOf) : [])
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
const isColor = (value: unknown): value is string => typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value)

const teaOf = ({ attributes }: Pictured): Tea => ({
  kind: textOf(attributes['tea_kind']),
  roast: numberOf(attributes['roast']) ?? 0,
  taste: listOf(attributes['taste']),
  year: numberOf(attributes['harvest_year']),
})

/** A dark violet bloom is nearly black in nature, and so are a few names of colours more exact than their code. */
const flowerOf = ({ attributes, colors, slug }: Pictured, count = 1): Flower => {
  const bloom = textOf(attributes['bloom'])
  const color = slug.includes('night') ? '#4b2a52' : (colors[bloom] ?? '#e2a6b0')
  return { species: textOf(attributes['flower_type']), color, count }
}

const wareOf = ({ attributes }: Pictured): Ware => ({
  material: textOf(attributes['material']),
  volume: numberOf(attributes['volume']) ?? 120,
  color: isColor(attributes['palette']) ? attributes['palette'] : undefined,
  isHandmade: attributes['handmade'] === true,
})

const mainColorOf = ({ attributes }: Pictured): string =>
  isColor(attributes['palette']) ? attributes['palette'] : '#9a8f74'

const flowersOf = ({ components }: Pictured): readonly Flower[] =>
  components
    .filter(({ product }) => product.type === 'flower')
    .map(({ product, quantity }) => flowerOf(product, quantity))

function partOf(product: Pictured): GiftPart {
  if (product.type === 'tea') return { kind: 'tea', tea: teaOf(product) }
  if (product.type === 'ware') return { kind: 'ware', ware: wareOf(product) }
  if (product.type === 'flower') return { kind: 'flower', flower: flowerOf(product) }
  return { kind: 'other' }
}

/** Draws a product by its own properties. The same product always gets the same picture. */
export function productPicture(product: Pictured): string {
  const { slug, type } = product
  if (type === 'tea') return teaPicture(teaOf(product), slug)
  if (type === 'flower') return flowerPicture(flowerOf(product), slug)
  if (type === 'ware') return warePicture(wareOf(product), slug)
  const flowers = flowersOf(product)
  const color = mainColorOf(product)
  if (type === 'bouquet' && flowers.length > 0) return bouquetPicture(flowers, { slug, color })
  return giftPicture(
    product.components.map((component) => partOf(component.product)),
    { slug, color },
  )
}

/** The thing itself without a ground, within 400 by 400 points. */
function objectOf(product: Pictured, dice: Dice): string {
  const { type } = product
  if (type === 'tea') {
    const tea = teaOf(product)
    return (
      group(at({ x: 200, y: 190 }, 0, 1.2), bowl(tea, dice)) +
      group(at({ x: 200, y: 344 }, 0, 1), heap(tea, dice, { count: 34, spread: 60 }))
    )
  }
  if (type === 'flower') return flowerObject(flowerOf(product), dice)
  if (type === 'ware') return group(at({ x: 200, y: 250 }, 0, 1.1), wareObject(wareOf(product), dice))
  const flowers = flowersOf(product)
  if (flowers.length > 0) return bouquetObject(flowers, { paper: mainColorOf(product), dice, name: product.slug })
  return group(
    '',
    giftPicture(
      product.components.map((component) => partOf(component.product)),
      { slug: product.slug, color: mainColorOf(product) },
    )
      .replace(/^<svg[^>]*>.*?<\/defs><rect[^>]*>/, '')
      .replace('</svg>', ''),
  )
}

/** The picture of a category: up to three of its products. */
export function categoryPicture(slug: string, products: readonly Pictured[]): string {
  const dice = openDice(slug)
  const places = [
    { x: -26, y: 92, scale: 0.5 },
    { x: 246, y: 92, scale: 0.5 },
    { x: 78, y: 34, scale: 0.62 },
  ]
  const shown = products.length < 3 ? products.slice(0, 1) : products.slice(0, 3)
  const objects = shown.map((product, each) => {
    const place = shown.length === 1 ? { x: 80, y: 20, scale: 0.64 } : (places[each] ?? { x: 0, y: 0, scale: 0.5 })
    return group(at(place, 0, place.scale), objectOf(product, dice))
  })
  const [first] = shown
  const ground = first ? groundOf(groundColorOf(first)) : '#ece6d8'
  return picture(objects.join(''), { ground, width: 400, height: 300 })
}

const groundColorOf = (product: Pictured): string => {
  if (product.type === 'flower') return flowerOf(product).color
  return product.type === 'tea' ? '#8ea75c' : mainColorOf(product)
}
