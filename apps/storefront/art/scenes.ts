import { at, group, lighter, line, mixed, openDice, path, shadow } from './canvas.ts'
import { leaf } from './blooms.ts'
import { bunchOf, type Flower } from './plants.ts'
import { bowl, heap, type Tea } from './tea.ts'
import { wareObject } from './ware.ts'

const morning: readonly Flower[] = [
  { species: 'peony', color: '#e79bb0', count: 4 },
  { species: 'ranunculus', color: '#f3b08d', count: 5 },
  { species: 'rose', color: '#f4ead9', count: 4 },
  { species: 'eucalyptus', color: '#8fa79b', count: 5 },
  { species: 'lavender', color: '#9a7fc0', count: 3 },
]
const oolong: Tea = { kind: 'oolong', roast: 1, taste: [], year: undefined }

/** The picture at the top of the home page: flowers in a vase, a pot and a bowl of tea. */
export function heroPicture(): string {
  const dice = openDice('posad hero 3')
  const vase =
    path('M150 262C120 300 118 372 146 398H236C264 372 262 300 232 262Z', '#c8d3c5') +
    path('M206 262H232C262 300 264 372 236 398H196C236 370 238 300 206 262Z', '#a9b8a8') +
    line('M142 300C136 330 140 360 152 384', '#ffffff', 6).replace('/>', ' opacity=".45"/>')
  const { greenery, heads } = bunchOf(morning, { dice })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 420" width="560" height="420">${
    shadow({ x: 300, y: 382 }, 230, 0.12) +
    group('translate(-9 4)', group('translate(0 10)', greenery + heads) + vase) +
    group(
      at({ x: 372, y: 304 }, 0, 0.92),
      wareObject({ material: 'clay', volume: 150, color: '#8a4b32', isHandmade: true }, dice),
    ) +
    group('translate(486 362) scale(.52 .34)', bowl(oolong, dice)) +
    group('translate(292 396) scale(.62)', heap(oolong, dice, { count: 22, spread: 44 })) +
    line('M474 300C462 282 488 268 476 244M500 304C490 286 512 274 502 252', '#ffffff', 5).replace(
      '/>',
      ' opacity=".7"/>',
    ) +
    group('translate(70 398) rotate(-66)', leaf(56, 15, '#6f9560')) +
    group('translate(92 402) rotate(-112)', leaf(40, 11, '#5a8a55'))
  }</svg>`
}

/** The picture of a page that does not exist: an empty bowl and a fallen petal. */
export const missingPicture = (): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 180" width="240" height="180">${
    shadow({ x: 120, y: 158 }, 84) +
    group(
      'translate(120 104) scale(.62)',
      wareObject(
        { material: 'porcelain', volume: 80, color: mixed('#f4efe6', '#c8d3c5', 0.5), isHandmade: false },
        openDice('missing'),
      ),
    ) +
    group('translate(206 160) rotate(-72)', path('M0 0C-12-8-12-26 0-30C12-26 12-8 0 0Z', '#e79bb0')) +
    group('translate(34 162) rotate(64)', path('M0 0C-9-6-9-20 0-23C9-20 9-6 0 0Z', lighter('#e79bb0', 0.3)))
  }</svg>`
