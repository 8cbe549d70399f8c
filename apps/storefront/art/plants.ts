import { blooms, leaf, plainBloom, sprigs } from './blooms.ts'
import {
  at,
  between,
  darker,
  group,
  lighter,
  line,
  mixed,
  openDice,
  path,
  picture,
  shadow,
  short,
  type Dice,
} from './canvas.ts'

/** One species in a colour, and how many of it. */
export type Flower = Readonly<{ species: string; color: string; count: number }>

const stemColor = '#5d8052'
/** The ground of a picture: a pale neighbour of its main colour. */
export const groundOf = (color: string): string =>
  isPale(color) ? mixed('#b9c7b6', color, 0.22) : mixed(lighter(color, 0.72), '#efe9dc', 0.45)

/** White flowers would vanish before a white ground. */
const isPale = (color: string): boolean => /^#[ef].[ef].[c-f]/i.test(color)

/** One product of cut flowers: three stems, or a bunch of sprigs. */
export function flowerObject({ species, color }: Flower, dice: Dice): string {
  const sprig = sprigs[species]
  if (sprig) {
    const count = species === 'lavender' ? 9 : species === 'gypsophila' ? 4 : 3
    const bunch = Array.from({ length: count }, (_, each) => {
      const turn = (each - (count - 1) / 2) * (species === 'lavender' ? 8 : 17)
      return group(at({ x: 200, y: 352 }, turn + between(dice, -3, 3), between(dice, 1.36, 1.52)), sprig(color, dice))
    })
    return bunch.join('') + knot({ x: 200, y: 330 }, '#cbb391')
  }
  const bloom = blooms[species] ?? plainBloom
  const big = species === 'hydrangea' || species === 'peony' ? 1.06 : 0.92
  const places = [
    { x: 122, y: 184, size: 0.56 * big, lean: -13 },
    { x: 282, y: 196, size: 0.52 * big, lean: 14 },
    { x: 204, y: 122, size: 0.82 * big, lean: 0 },
  ]
  const stems = places.map(({ x, y, lean }) =>
    line(`M${x} ${y}Q${short(x - lean * 2)} 290 ${short(200 + lean * 0.6)} 384`, stemColor, 6),
  )
  const leaves = places.map(({ x, lean }, each) =>
    species === 'tulip'
      ? group(
          at({ x: 200 + lean, y: 384 }, lean * 2 + (each - 1) * 9),
          leaf(190 - each * 14, 25, mixed('#6f9560', '#4f7a52', each / 3)),
        )
      : group(
          at({ x: (x + 200) / 2, y: 278 + each * 22 }, lean * 3 + (each % 2 ? 52 : -52)),
          leaf(64, 25, mixed('#56804f', '#3f6a48', dice())),
        ),
  )
  const heads = places.map(({ x, y, size, lean }) => group(at({ x, y }, lean, size), bloom(color, dice)))
  return leaves.join('') + stems.join('') + heads.join('')
}

const knot = ({ x, y }: { x: number; y: number }, color: string): string =>
  path(
    `M${x - 30} ${y - 9}Q${x} ${y + 3} ${x + 30} ${y - 9}L${x + 27} ${y + 11}Q${x} ${y + 22} ${x - 27} ${y + 11}Z`,
    color,
  ) +
  line(
    `M${x} ${y + 6}Q${x - 24} ${y + 22} ${x - 28} ${y + 46}M${x} ${y + 6}Q${x + 20} ${y + 24} ${x + 32} ${y + 42}`,
    darker(color, 0.1),
    5,
  )

/** The picture of cut flowers. */
export const flowerPicture = (flower: Flower, slug: string): string =>
  picture(flowerObject(flower, openDice(slug)), { ground: groundOf(flower.color) })

/** The most heads that are drawn; a larger bouquet has fuller ones. */
const maxHeads = 19

type Bunch = Readonly<{
  dice: Dice
  /** Distinguishes the bunches of one picture. */
  name?: string
}>
type Bouquet = Bunch & Readonly<{ paper: string }>

/** A bouquet of its own flowers, in paper with a ribbon of its colour. */
export function bouquetObject(flowers: readonly Flower[], { paper, ...bunch }: Bouquet): string {
  const { greenery, heads } = bunchOf(flowers, bunch)
  return greenery + paperBack(paper) + heads + paperFront(paper)
}

/** Flowers without paper: greenery behind, heads in a dome. */
export function bunchOf(
  flowers: readonly Flower[],
  { dice, name = 'bloom' }: Bunch,
): Readonly<{ greenery: string; heads: string }> {
  const green = flowers.filter(({ species }) => sprigs[species])
  const heads = flowers.filter(({ species }) => !sprigs[species])
  const total = heads.reduce((sum, { count }) => sum + count, 0)
  const drawn = Math.min(Math.max(total, 1), maxHeads)
  const sequence = heads.flatMap((flower) =>
    Array.from({ length: Math.max(1, Math.round((flower.count * drawn) / Math.max(total, 1))) }, () => flower),
  )
  const mixedUp = sequence.map((flower) => ({ flower, rank: dice() })).toSorted((one, other) => one.rank - other.rank)
  const size = Math.min(0.62, 1.52 / Math.sqrt(mixedUp.length + 2))
  const behind = green.flatMap(({ species, color, count }, each) => {
    const sprig = sprigs[species]
    const fan = Math.min(Math.max(count + 1, 4), 9)
    return Array.from({ length: fan }, (_, at1) => {
      const turn = (at1 - (fan - 1) / 2) * (116 / fan) + each * 7 + between(dice, -5, 5)
      return group(at({ x: 200, y: 262 }, turn, between(dice, 1.06, 1.22)), sprig?.(color, dice) ?? '')
    })
  })
  const dome = mixedUp
    .map(({ flower }, each) => {
      const distance = 96 * Math.sqrt((each + 0.4) / mixedUp.length)
      const angle = each * 2.39996
      return {
        flower,
        x: 200 + Math.cos(angle) * distance * 1.12,
        y: 158 + Math.sin(angle) * distance * 0.82,
        distance,
      }
    })
    .toSorted((one, other) => other.distance - one.distance)
  const forms = new Map<Flower, readonly string[]>(
    heads.map((flower, each) => [flower, [0, 1].map((form) => `${name}-${each}-${form}`)]),
  )
  const definitions = Array.from(forms, ([{ species, color }, ids]) =>
    ids.map((id) => `<g id="${id}">${(blooms[species] ?? plainBloom)(color, dice)}</g>`).join(''),
  )
  const drawnHeads = dome.map(({ flower, x, y }, each) => {
    const scale =
      size * (flower.species === 'hydrangea' ? 1.3 : flower.species === 'tulip' ? 1.12 : 1) * between(dice, 0.93, 1.06)
    const turn = flower.species === 'tulip' ? (x - 200) * 0.16 : each * 47
    return `<use href="#${forms.get(flower)?.[each % 2]}" transform="${at({ x, y }, turn, scale)}"/>`
  })
  return { greenery: behind.join(''), heads: `<defs>${definitions.join('')}</defs>${drawnHeads.join('')}` }
}

const paperBack = (paper: string) => path('M84 176Q200 130 316 176L262 330H138Z', lighter(paper, 0.5))
const paperFront = (paper: string) =>
  path('M76 190C104 250 150 268 200 270C176 300 158 340 152 384H134Q96 270 76 190Z', lighter(paper, 0.62)) +
  path('M324 190C296 250 250 268 200 270C224 300 242 340 248 384H266Q304 270 324 190Z', lighter(paper, 0.54)) +
  path('M132 250C160 274 240 274 268 250L250 384H150Z', lighter(paper, 0.7)) +
  knot({ x: 200, y: 322 }, darker(paper, 0.04))

/** The picture of a bouquet. */
export function bouquetPicture(
  flowers: readonly Flower[],
  { slug, color }: Readonly<{ slug: string; color: string }>,
): string {
  const content = bouquetObject(flowers, { paper: mixed(color, '#cdbfa6', 0.45), dice: openDice(slug) })
  return picture(shadow({ x: 200, y: 382 }, 96) + content, { ground: groundOf(color) })
}
