import { at, darker, group, lighter, line, mixed, openDice, path, picture, shadow, type Dice } from './canvas.ts'
import { blooms, plainBloom } from './blooms.ts'
import { groundOf, type Flower } from './plants.ts'
import type { Tea } from './tea.ts'
import { wareObject, type Ware } from './ware.ts'

/** A thing in a gift box. */
export type GiftPart =
  | Readonly<{ kind: 'tea'; tea: Tea }>
  | Readonly<{ kind: 'ware'; ware: Ware }>
  | Readonly<{ kind: 'flower'; flower: Flower }>
  | Readonly<{ kind: 'other' }>

const labels: Readonly<Record<string, string>> = {
  oolong: '#7f9a5e',
  puerh: '#5d3a2c',
  green: '#9db36a',
  black: '#a04a2a',
  white: '#cfc9a8',
  herbal: '#b98a3e',
}

/** A thing that stands in the box, around its foot. */
function partObject(part: GiftPart, dice: Dice): string {
  if (part.kind === 'ware') return group('translate(0 -52) scale(.5)', wareObject(part.ware, dice))
  if (part.kind === 'flower') {
    const bloom = blooms[part.flower.species] ?? plainBloom
    return line('M0 0V-70', '#5d8052', 6) + group('translate(0 -84) scale(.42)', bloom(part.flower.color, dice))
  }
  const label = part.kind === 'tea' ? (labels[part.tea.kind] ?? '#9a8f74') : '#c8b48c'
  return (
    path('M-32 10L-30-96H30L32 10Z', '#efe6d2') +
    path('M8 10L10-96H30L32 10Z', '#ddd0b6') +
    path('M-31-62H31L31-18H-31Z', label) +
    line('M-30-96Q0-106 30-96M-18-46H18M-12-34H12', darker(label, 0.25), 3)
  )
}

/** The picture of a gift: an open box with a ribbon, and its own things in it. */
export function giftPicture(
  parts: readonly GiftPart[],
  { slug, color }: Readonly<{ slug: string; color: string }>,
): string {
  const dice = openDice(slug)
  const shown = parts.slice(0, 4)
  const step = 196 / Math.max(shown.length, 1)
  const things = shown.map((part, each) => {
    const place = { x: 200 + (each - (shown.length - 1) / 2) * step, y: 238 - (each % 2) * 14 }
    return group(
      at(place, (each - (shown.length - 1) / 2) * 4, part.kind === 'ware' ? 1.05 : 1.12),
      partObject(part, dice),
    )
  })
  const ribbon = mixed('#c9a25c', lighter(color, 0.5), 0.35)
  const content =
    shadow({ x: 200, y: 356 }, 150) +
    path('M74 214H326L318 236H82Z', darker(color, 0.4)) +
    things.join('') +
    path('M84 232C110 214 132 246 158 228C184 212 206 246 232 228C258 214 288 246 316 230V270H84Z', '#f3ead8') +
    path('M72 246H328L316 356H84Z', color) +
    path('M236 246H328L316 356H222Z', darker(color, 0.14)) +
    path('M184 246H216L214 356H186Z', ribbon) +
    path(
      'M200 262C166 232 138 250 152 270C162 284 184 276 200 262C234 232 262 250 248 270C238 284 216 276 200 262Z',
      lighter(ribbon, 0.2),
    ) +
    line('M200 264Q182 290 164 300M200 264Q218 290 238 298', ribbon, 7)
  return picture(content, { ground: groundOf(color) })
}
