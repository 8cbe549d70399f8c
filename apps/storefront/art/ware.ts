import {
  at,
  circle,
  darker,
  group,
  lighter,
  line,
  mixed,
  openDice,
  path,
  picture,
  shadow,
  type Dice,
} from './canvas.ts'

/** The properties of a piece of teaware that its picture shows. */
export type Ware = Readonly<{ material: string; volume: number; color: string | undefined; isHandmade: boolean }>

const materials: Readonly<Record<string, string>> = {
  porcelain: '#f4efe6',
  clay: '#8a4b32',
  glass: '#cfe0df',
  ceramic: '#6f5a45',
  wood: '#c39a5f',
}

/** A vessel around the origin, 260 points wide, its foot at y = 100. */
export function wareObject(ware: Ware, dice: Dice): string {
  const color = ware.color ?? materials[ware.material] ?? '#c9bda8'
  if (ware.material === 'wood') return tray(color)
  if (ware.material === 'glass') return pitcher(color)
  if (ware.material === 'clay') return teapot(color)
  if (ware.volume >= 250) return mug(color)
  if (ware.volume <= 70) return cup(color, dice)
  return ware.volume > 100 ? gaiwan(color) : openBowl(color)
}

/** Light from the left: the body, its shaded side and a gleam. */
const body = (d: string, shade: string, color: string): string => path(d, color) + path(shade, darker(color, 0.16))
const gleam = (d: string): string => line(d, '#ffffff', 5).replace('/>', ' opacity=".5"/>')

const gaiwan = (color: string): string =>
  `<ellipse cx="0" cy="92" rx="126" ry="20" fill="${darker(color, 0.2)}"/><ellipse cx="0" cy="86" rx="124" ry="18" fill="${color}"/><ellipse cx="0" cy="86" rx="74" ry="10" fill="${darker(color, 0.12)}"/>` +
  body('M-98-34C-94 40-60 80-34 84H34C60 80 94 40 98-34Z', 'M34 84C60 80 94 40 98-34H52C50 34 36 70 8 84Z', color) +
  `<ellipse cx="0" cy="-34" rx="98" ry="16" fill="${darker(color, 0.1)}"/>` +
  path('M-86-38C-70-78-32-88 0-88C32-88 70-78 86-38C40-28-40-28-86-38Z', lighter(color, 0.3)) +
  path('M86-38C70-78 32-88 0-88C40-74 52-54 50-33C64-34 76-36 86-38Z', darker(color, 0.08)) +
  path('M-20-88C-24-104-14-112 0-112C14-112 24-104 20-88Z', darker(color, 0.05)) +
  gleam('M-72-10C-66 26-52 50-40 60')

const teapot = (color: string): string =>
  line('M88-6C150-34 156 62 82 52', darker(color, 0.14), 15) +
  path('M-92 10C-126 4-130-34-150-44L-158-30C-146 10-124 48-84 46Z', darker(color, 0.06)) +
  body(
    'M-100 20C-100-36-54-60 0-60C54-60 100-36 100 20C100 66 66 96 36 98H-36C-66 96-100 66-100 20Z',
    'M36 98C66 96 100 66 100 20C100-18 80-42 52-52C76-8 62 64 6 98Z',
    color,
  ) +
  `<ellipse cx="0" cy="-54" rx="56" ry="12" fill="${darker(color, 0.22)}"/>` +
  path('M-52-58C-46-82 46-82 52-58C30-50-30-50-52-58Z', lighter(color, 0.1)) +
  circle({ x: 0, y: -88 }, 14, lighter(color, 0.06)) +
  gleam('M-76 6C-70-22-48-38-28-42')

/** A pine branch in cobalt on white, or a plain glaze. */
function cup(color: string, dice: Dice): string {
  const ground = '#f6f2e9'
  const strokes = Array.from({ length: 9 }, (_, each) =>
    group(
      at({ x: -34 + each * 7, y: 16 - each * 5 }, -64 + dice() * 40),
      line('M0 0V-20M0 0L-9-15M0 0L9-15', color, 2.6),
    ),
  )
  return (
    body(
      'M-86-50C-84 30-56 74-34 84V98H34V84C56 74 84 30 86-50Z',
      'M34 98V84C56 74 84 30 86-50H50C48 26 34 66 6 86V98Z',
      ground,
    ) +
    `<ellipse cx="0" cy="-50" rx="86" ry="17" fill="${darker(ground, 0.1)}"/><ellipse cx="0" cy="-47" rx="78" ry="13" fill="#cf9a4a"/>` +
    line('M-82-26Q0-8 82-26', color, 4) +
    line('M-50 40C-20 30 10 0 44-12', color, 4.5) +
    strokes.join('') +
    line('M-36 84Q0 92 36 84', color, 3.5)
  )
}

const openBowl = (color: string): string =>
  body(
    'M-112-34C-106 34-62 76-38 84V98H38V84C62 76 106 34 112-34Z',
    'M38 98V84C62 76 106 34 112-34H66C62 26 42 66 8 86V98Z',
    color,
  ) +
  `<ellipse cx="0" cy="-34" rx="112" ry="24" fill="${darker(color, 0.08)}"/><ellipse cx="0" cy="-31" rx="103" ry="19" fill="#b9a24e"/><ellipse cx="-14" cy="-33" rx="66" ry="11" fill="#d3c070"/>` +
  gleam('M-84-4C-74 26-60 46-48 56')

const pitcher = (color: string): string =>
  line('M78-40C140-46 138 50 74 46', mixed(color, '#8fa9a8', 0.5), 11) +
  path('M-88-84L-66-70C-72-10-84 30-78 98H78C84 30 72-20 70-78Z', color, ' opacity=".72"') +
  path('M-76-6C-80 30-82 60-78 98H78C82 60 80 30 76-6Z', '#d59b44', ' opacity=".9"') +
  `<ellipse cx="0" cy="-6" rx="76" ry="12" fill="#e6bb70"/><ellipse cx="2" cy="-76" rx="70" ry="11" fill="none" stroke="${darker(color, 0.2)}" stroke-width="4"/>` +
  path('M34 98H78C84 30 72-20 70-78H50C54-10 58 50 34 98Z', '#7d9a99', ' opacity=".25"') +
  gleam('M-54-50C-58 0-62 40-58 80')

const mug = (color: string): string =>
  line('M76-44C146-54 150 62 74 56', darker(color, 0.1), 17) +
  body('M-84-76C-88 0-84 70-76 98H76C84 70 88 0 84-76Z', 'M30 98H76C84 70 88 0 84-76H48C54 0 50 64 30 98Z', color) +
  path(
    'M-84-76C-86-40-86-16-85 4C-60 22-44-6-22 10C2 26 20-4 44 10C60 18 74 12 85 2C86-20 86-46 84-76Z',
    lighter(mixed(color, '#8aa39a', 0.65), 0.16),
  ) +
  `<ellipse cx="0" cy="-76" rx="84" ry="17" fill="${darker(color, 0.24)}"/><ellipse cx="0" cy="-72" rx="75" ry="13" fill="#8a4a22"/>` +
  gleam('M-64-40C-66 0-62 40-58 66')

const tray = (color: string): string =>
  path('M-140 10H140L128 98H-128Z', darker(color, 0.18)) +
  path('M-150-44H150L140 22H-140Z', color) +
  [-28, -10, 8].map((y, each) => line(`M${-132 + each * 3} ${y}H${132 - each * 3}`, darker(color, 0.32), 5)).join('') +
  line('M-146-42H146', lighter(color, 0.3), 4) +
  line('M-128 44H128', darker(color, 0.3), 3) +
  group('translate(-52 -82) scale(.42)', openBowl('#f1ebdf')) +
  group('translate(58 -88) scale(.46)', gaiwan('#f6f2e8'))

/** The picture of a piece of teaware. */
export function warePicture(ware: Ware, slug: string): string {
  const dice = openDice(slug)
  const color = ware.color ?? materials[ware.material] ?? '#c9bda8'
  const isPale = ['#f', '#e'].includes(color.slice(0, 2))
  const ground = isPale
    ? (['#c7d2c6', '#d6c6b6', '#c5ccd6'][Math.floor(dice() * 3)] ?? '#c7d2c6')
    : mixed(lighter(color, 0.66), '#e9e2d4', 0.5)
  const steam =
    ware.material === 'wood'
      ? ''
      : line('M178 96C166 78 190 66 178 44M214 92C202 74 226 62 214 42', '#ffffff', 5).replace('/>', ' opacity=".5"/>')
  const content = shadow({ x: 200, y: 318 }, 148) + group(at({ x: 200, y: 216 }, 0, 1.02), wareObject(ware, dice))
  return picture((ware.volume <= 350 ? steam : '') + content, { ground })
}
