import {
  at,
  between,
  circle,
  darker,
  group,
  lighter,
  line,
  mixed,
  openDice,
  path,
  picture,
  short,
  type Dice,
} from './canvas.ts'
import { leaf, sprigs } from './blooms.ts'

/** The properties of a tea that its picture shows. */
export type Tea = Readonly<{ kind: string; roast: number; taste: readonly string[]; year: number | undefined }>

type Look = Readonly<{ liquor: string; leaves: readonly [string, string, string]; shape: LeafShape }>
type LeafShape = 'pearl' | 'strip' | 'spear' | 'curl' | 'wire' | 'bud' | 'chunk' | 'herb'

/** The colours of the infusion and of the dry leaf. */
function lookOf({ kind, roast, taste, year }: Tea, dice: Dice): Look {
  const isAged = year !== undefined && year < 2022
  switch (kind) {
    case 'green':
      return {
        liquor: mixed('#cfcf7e', '#b9c76d', dice()),
        leaves: ['#6d8a4a', '#8ea75c', '#4f6d3c'],
        shape: taste.includes('nut') ? 'spear' : dice() < 0.5 ? 'curl' : 'spear',
      }
    case 'white':
      return {
        liquor: isAged ? '#c98a45' : '#ead6a0',
        leaves: isAged ? ['#6b5a40', '#8a7450', '#4c4232'] : ['#a7b08c', '#d9dcc6', '#7c8b66'],
        shape: 'bud',
      }
    case 'black':
      return {
        liquor: '#b04a1e',
        leaves: taste.includes('smoke') ? ['#2a2220', '#3b302a', '#1d1817'] : ['#3a261d', '#c08a3c', '#261a16'],
        shape: 'wire',
      }
    case 'puerh':
      return taste.includes('fruit')
        ? { liquor: '#d0933b', leaves: ['#5d6042', '#7f7a52', '#3f4030'], shape: 'chunk' }
        : { liquor: '#4d2014', leaves: ['#3a241b', '#54372a', '#281812'], shape: 'chunk' }
    case 'herbal':
      return { liquor: '#c77a2c', leaves: ['#7a8f58', '#9aab70', '#5c7245'], shape: 'herb' }
    default:
      return roast >= 3
        ? {
            liquor: mixed('#d0913f', '#b0622a', (roast - 3) / 2),
            leaves: ['#3c3128', '#574636', '#2a221d'],
            shape: taste.includes('milk') ? 'pearl' : 'strip',
          }
        : {
            liquor: mixed('#e6d27c', '#d9a94f', roast / 3),
            leaves: roast === 2 ? ['#5f4a38', '#8a7657', '#cfc6b0'] : ['#4f6b45', '#6d8757', '#3d5539'],
            shape: roast === 2 ? 'strip' : 'pearl',
          }
  }
}

/** One dry leaf around the origin. */
function dryLeaf(shape: LeafShape, color: string, dice: Dice): string {
  const long = between(dice, 20, 30)
  switch (shape) {
    case 'pearl':
      return (
        circle({ x: 0, y: 0 }, 10, darker(color, 0.25)) +
        path('M-9-2C-8-12 8-12 9-1C5 4-4 5-9-2Z', lighter(color, 0.12)) +
        line('M-6 4Q1 8 8 2', lighter(color, 0.25), 1.6)
      )
    case 'spear':
      return leaf(long * 1.5, 5, color)
    case 'curl':
      return line(`M-11 5C-12-9 7-13 10-2C11 6 1 8-1 2`, color, 4.4)
    case 'wire':
      return line(`M-${short(long)} 3Q-6 ${short(between(dice, -9, 9))} ${short(long)} -2`, color, 3.4)
    case 'bud':
      return group('', leaf(long * 1.35, 8, color)) + group('rotate(24)', leaf(long * 1.5, 10, darker(color, 0.16)))
    case 'chunk':
      return (
        path('M-20-6L-6-15L14-12L21 2L9 14L-13 12Z', color) +
        line('M-13-3L4-8M-8 5L13 1M-2-11L9-5', lighter(color, 0.2), 2)
      )
    case 'herb':
      return dice() < 0.3
        ? circle({ x: 0, y: 0 }, 4, '#e0b448') +
            [0, 72, 144, 216, 288]
              .map((turn) => group(`rotate(${turn})`, path('M0-3C-4-7-3-12 0-13C3-12 4-7 0-3Z', '#fffaf0')))
              .join('')
        : leaf(long, 6, color)
    case 'strip':
      return line(`M-${short(long)} 4C-10-8 4 9 ${short(long)}-4`, color, 5.6)
  }
}

/** A heap of dry leaves, dense in the middle. */
export function heap(tea: Tea, dice: Dice, { count, spread }: { count: number; spread: number }): string {
  const { leaves, shape } = lookOf(tea, dice)
  return Array.from({ length: count }, (_, each) => {
    const distance = spread * Math.sqrt(1 - each / count) * between(dice, 0.8, 1.08)
    const angle = dice() * Math.PI * 2
    const color = leaves[Math.floor(dice() * 3)] ?? leaves[0]
    const place = { x: Math.cos(angle) * distance, y: Math.sin(angle) * distance * 0.62 }
    return group(at(place, dice() * 360, between(dice, 0.8, 1.1)), dryLeaf(shape, color, dice))
  }).join('')
}

/** Bowls in which the infusion stands, from outside to inside. */
const glazes = [
  ['#f3eee3', '#fdfaf3'],
  ['#9fb3a8', '#dfe7df'],
  ['#6d5a4c', '#b59c84'],
  ['#39516b', '#f1efe6'],
  ['#d8c4a8', '#f6ecda'],
] as const

/** A bowl of tea seen from above, around the origin with the radius 100. */
export function bowl(tea: Tea, dice: Dice): string {
  const { liquor } = lookOf(tea, dice)
  const [outside, inside] = glazes[Math.floor(dice() * glazes.length)] ?? glazes[0]
  return (
    `<ellipse cx="6" cy="16" rx="106" ry="104" fill="#2a2018" opacity=".13"/>` +
    circle({ x: 0, y: 0 }, 102, darker(outside, 0.1)) +
    circle({ x: 0, y: -2 }, 100, outside) +
    circle({ x: 0, y: 0 }, 92, inside) +
    circle({ x: 0, y: 2 }, 84, darker(liquor, 0.14)) +
    circle({ x: 0, y: 4 }, 81, liquor) +
    circle({ x: -8, y: 12 }, 60, lighter(liquor, 0.14)) +
    path('M-62-34C-44-66-8-76 22-68C-6-60-36-48-50-20C-54-14-68-22-62-34Z', lighter(liquor, 0.5), ' opacity=".75"')
  )
}

/** The picture of a tea: its infusion in a bowl, and its dry leaf beside. */
export function teaPicture(tea: Tea, slug: string): string {
  const dice = openDice(slug)
  const { liquor, leaves } = lookOf(tea, dice)
  const isLeft = dice() < 0.5
  const cup = { x: isLeft ? 152 : 248, y: 158 }
  const pile = { x: isLeft ? 266 : 134, y: 292 }
  const content =
    group(at(cup, 0, 1.16), bowl(tea, dice)) +
    saucer(pile) +
    (tea.kind === 'puerh' && tea.taste.includes('citrus')
      ? group(at({ x: pile.x - 4, y: pile.y - 12 }), mandarin())
      : '') +
    group(at({ x: pile.x, y: pile.y }), heap(tea, dice, { count: 46, spread: 68 })) +
    (tea.kind === 'herbal'
      ? group(at({ x: isLeft ? 330 : 70, y: 250 }, isLeft ? 24 : -24, 0.7), sprigs['lavender']?.('#9a7fc0', dice) ?? '')
      : '')
  return picture(content, { ground: mixed(lighter(mixed(liquor, leaves[0], 0.25), 0.66), '#ece6d8', 0.3) })
}

const saucer = ({ x, y }: { x: number; y: number }): string =>
  `<ellipse cx="${x + 4}" cy="${y + 12}" rx="104" ry="72" fill="#2a2018" opacity=".11"/><ellipse cx="${x}" cy="${y}" rx="102" ry="70" fill="#e4dccb"/><ellipse cx="${x}" cy="${y - 2}" rx="98" ry="66" fill="#f7f2e7"/><ellipse cx="${x}" cy="${y}" rx="80" ry="53" fill="#efe8d9"/>`

/** A dried mandarin, open at the top. */
const mandarin = (): string =>
  circle({ x: 0, y: 4 }, 58, '#8a5a24') +
  circle({ x: -3, y: 0 }, 55, '#b57a30') +
  line('M-44-18Q-30-40-6-44M-48 8Q-46 30-26 42M30 34Q46 20 46-4', '#d39a4a', 3) +
  `<ellipse cx="0" cy="-18" rx="27" ry="15" fill="#2f1d15"/>`
