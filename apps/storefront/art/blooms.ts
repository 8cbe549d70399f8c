import {
  at,
  between,
  circle,
  darker,
  group,
  lighter,
  line,
  mixed,
  path,
  short,
  type Dice,
  type Point,
} from './canvas.ts'

/** Draws the head of a flower around the origin with the radius 100. */
export type Bloom = (color: string, dice: Dice) => string

/** A petal that points up from the origin; `tip` above 1 makes it broad at its end. */
function petal(width: number, height: number, tip = 1): string {
  const [w, h, t] = [width, height, width * tip]
  return `M0 0C${short(-w)} ${short(-h * 0.25)} ${short(-t)} ${short(-h)} 0 ${short(-h)}C${short(t)} ${short(-h)} ${short(w)} ${short(-h * 0.25)} 0 0Z`
}

/** A petal with a notch in its edge. */
const notched = (width: number, height: number): string =>
  `M0 0C${short(-width)} ${short(-height * 0.3)} ${short(-width)} ${short(-height)} ${short(-width * 0.35)} ${short(-height)}Q0 ${short(-height * 0.86)} ${short(width * 0.35)} ${short(-height)}C${short(width)} ${short(-height)} ${short(width)} ${short(-height * 0.3)} 0 0Z`

type Ring = Readonly<{
  count: number
  height: number
  width: number
  tone: number
  tip?: number
  jitter?: number
  shape?: typeof petal
}>

/** Petals around the centre. `tone` is 0 for the lightest and 1 for the darkest; each petal has a darker edge behind it. */
function ring(color: string, dice: Dice, ringOf: Ring): string {
  const { count, height, width, tone, tip = 1.15, jitter = 6, shape = petal } = ringOf
  const turn = dice() * 360
  const fill = tone < 0.5 ? lighter(color, 0.34 - tone * 0.68) : darker(color, (tone - 0.5) * 0.62)
  return Array.from({ length: count }, (_, each) => {
    const angle = turn + (each * 360) / count + between(dice, -jitter, jitter)
    const size = between(dice, 0.94, 1.05)
    const shaped = shape(width * size, height * size, tip)
    return group(
      `rotate(${short(angle)})`,
      path(shaped, darker(fill, 0.13), ' transform="scale(1.035)"') +
        path(shaped, each % 2 ? fill : lighter(fill, 0.07)),
    )
  }).join('')
}

const rose: Bloom = (color, dice) => {
  const rings = [
    ring(color, dice, { count: 6, height: 100, width: 62, tone: 0.18, tip: 1.25 }),
    ring(color, dice, { count: 5, height: 80, width: 56, tone: 0.34, tip: 1.25 }),
    ring(color, dice, { count: 5, height: 60, width: 46, tone: 0.48, tip: 1.25 }),
    ring(color, dice, { count: 4, height: 42, width: 36, tone: 0.6, tip: 1.25 }),
  ]
  const turn = dice() * 360
  const heart =
    circle({ x: 0, y: 0 }, 27, darker(color, 0.1)) +
    line('M-21 5C-19-17 14-22 20-3C24 15-1 24-10 11C-17 0 1-13 9-3C13 4 5 11-1 7', darker(color, 0.34), 4)
  return rings.join('') + group(`rotate(${short(turn)})`, heart)
}

const peony: Bloom = (color, dice) =>
  [
    ring(color, dice, { count: 9, height: 102, width: 50, tone: 0.08, jitter: 10, shape: notched }),
    ring(color, dice, { count: 9, height: 86, width: 44, tone: 0.26, jitter: 10, shape: notched }),
    ring(color, dice, { count: 9, height: 69, width: 36, tone: 0.4, jitter: 12, shape: notched }),
    ring(color, dice, { count: 8, height: 53, width: 30, tone: 0.52, jitter: 14, shape: notched }),
    ring(color, dice, { count: 7, height: 37, width: 22, tone: 0.64, jitter: 14, shape: notched }),
    ring(mixed(color, '#f2d27a', 0.5), dice, { count: 7, height: 18, width: 9, tone: 0.45 }),
  ].join('')

const ranunculus: Bloom = (color, dice) => {
  const rings = [100, 88, 77, 66, 55, 44, 34].map((radius, each) =>
    ring(color, dice, {
      count: 9 - Math.floor(each / 2),
      height: radius,
      width: radius * 0.5,
      tone: 0.1 + each * 0.07,
      tip: 1.5,
      jitter: 4,
    }),
  )
  return rings.join('') + circle({ x: 0, y: 0 }, 17, '#8ba35c') + circle({ x: -2, y: -2 }, 9, '#6d8a48')
}

const chrysanthemum: Bloom = (color, dice) =>
  [100, 90, 78, 65, 51, 37, 23]
    .map((height, each) =>
      ring(each < 5 ? color : mixed(color, '#e6e2a4', 0.4), dice, {
        count: 24 - each * 2,
        height,
        width: 11,
        tone: 0.3 - each * 0.03 + (each % 2) * 0.12,
        tip: 1.3,
        jitter: 4,
      }),
    )
    .join('')

/** A dome of small flowers of four petals, lit from above. */
const hydrangea: Bloom = (color, dice) => {
  const florets = Array.from({ length: 46 }, (_, each) => {
    const distance = 90 * Math.sqrt((46 - each) / 46)
    const angle = each * 2.4
    const place = { x: Math.cos(angle) * distance, y: Math.sin(angle) * distance * 0.94 }
    const light = (place.y + 90) / 180
    const tint = mixed(color, dice() < 0.3 ? '#b79ad0' : '#cfe0ea', dice() * 0.4)
    const fill = mixed(lighter(tint, 0.3), darker(tint, 0.2), light)
    const four = [0, 90, 180, 270]
      .map((turn) => group(`rotate(${turn})`, path(petal(10, 17, 1.5), turn % 180 ? fill : lighter(fill, 0.12))))
      .join('')
    return group(
      at(place, dice() * 90, between(dice, 1.05, 1.3)),
      circle({ x: 0, y: 1 }, 15, darker(tint, 0.28)) + four + circle({ x: 0, y: 0 }, 2.6, '#f4efd0'),
    )
  })
  return florets.join('')
}

/** Seen from the side: a cup of petals that opens upwards. */
const tulip: Bloom = (color, dice) => {
  const lean = between(dice, -6, 6)
  const back = 'M-46 20C-66-40-40-92-22-104C-8-80 8-80 22-104C40-92 66-40 46 20Z'
  const side = 'M-2 62C-64 54-72-24-44-98C-14-60 4-8-2 62Z'
  const front = 'M0 66C-44 50-46-22 0-86C46-22 44 50 0 66Z'
  return group(
    `rotate(${short(lean)})`,
    path(back, darker(color, 0.26)) +
      path(side, darker(color, 0.08)) +
      path(side, darker(color, 0.02), ' transform="scale(-1 1)"') +
      path(front, lighter(color, 0.14)) +
      line('M0 52C-3 14-2-20 0-58', lighter(color, 0.3), 3) +
      line('M-36-62C-48-18-40 24-22 44M36-62C48-18 40 24 22 44', darker(color, 0.16), 2),
  )
}

export const blooms: Readonly<Record<string, Bloom>> = { rose, peony, ranunculus, chrysanthemum, hydrangea, tulip }

/** A head of another species: round petals in two rings. */
export const plainBloom: Bloom = (color, dice) =>
  ring(color, dice, { count: 8, height: 100, width: 40, tone: 0.2 }) +
  ring(color, dice, { count: 8, height: 66, width: 28, tone: 0.4 }) +
  circle({ x: 0, y: 0 }, 22, '#e2b84c')

/** A leaf that points up from the origin, with its rib. */
export function leaf(length: number, width: number, color: string): string {
  const shape = `M0 0C${short(-width)} ${short(-length * 0.3)} ${short(-width * 0.7)} ${short(-length * 0.8)} 0 ${short(-length)}C${short(width * 0.7)} ${short(-length * 0.8)} ${short(width)} ${short(-length * 0.3)} 0 0Z`
  const half = `M0 0C${short(width)} ${short(-length * 0.3)} ${short(width * 0.7)} ${short(-length * 0.8)} 0 ${short(-length)}Z`
  return (
    path(shape, color) +
    path(half, darker(color, 0.14)) +
    line(`M0 0L0 ${short(-length * 0.9)}`, lighter(color, 0.22), 1.2)
  )
}

/** The points of a bent stem from the origin upwards. */
const stemPoint = (length: number, bend: number, share: number): Point => ({
  x: bend * share * share,
  y: -length * share,
})
const stemLine = (bend: number, color: string, width: number) => line(`M0 0Q0-100 ${short(bend)}-200`, color, width)

/** Draws a branch that grows up from the origin, 200 points long. */
export type Sprig = (color: string, dice: Dice) => string

const eucalyptus: Sprig = (_color, dice) => {
  const bend = between(dice, -30, 30)
  const leaves = Array.from({ length: 9 }, (_, each) => {
    const place = stemPoint(200, bend, 0.2 + each * 0.09)
    const size = 25 - each * 1.4
    const color = mixed('#8fa79b', '#6f8f86', dice())
    return [-1, 1]
      .map((side) =>
        group(
          at(place, side * between(dice, 52, 74)),
          leaf(size * 1.5, size * 0.95, side < 0 ? color : lighter(color, 0.12)),
        ),
      )
      .join('')
  })
  return stemLine(bend, '#7d7263', 3) + leaves.join('')
}

const ruscus: Sprig = (_color, dice) => {
  const bend = between(dice, -24, 24)
  const leaves = Array.from({ length: 11 }, (_, each) => {
    const place = stemPoint(200, bend, 0.14 + each * 0.08)
    return group(
      at(place, (each % 2 ? 1 : -1) * between(dice, 30, 48)),
      leaf(between(dice, 46, 58) - each * 1.6, 12, mixed('#3f6b46', '#5a8a55', dice())),
    )
  })
  return stemLine(bend, '#4c6b45', 3.5) + leaves.join('')
}

const gypsophila: Sprig = (_color, dice) => {
  const twigs: string[] = []
  const dots: string[] = []
  const grow = (from: Point, angle: number, length: number): void => {
    const to = { x: from.x + Math.sin(angle) * length, y: from.y - Math.cos(angle) * length }
    twigs.push(`M${short(from.x)} ${short(from.y)}L${short(to.x)} ${short(to.y)}`)
    if (length < 20) return void dots.push(circle(to, between(dice, 4, 6.4), dice() < 0.5 ? '#fffdf8' : '#efe9df'))
    for (const side of [-1, 0, 1])
      grow(to, angle + side * 0.44 + between(dice, -0.12, 0.12), length * between(dice, 0.52, 0.68))
  }
  grow({ x: 0, y: 0 }, between(dice, -0.08, 0.08), 84)
  return line(twigs.join(''), '#8ea583', 1.6) + dots.join('')
}

const lavender: Sprig = (color, dice) => {
  const bend = between(dice, -20, 20)
  const buds = Array.from({ length: 13 }, (_, each) => {
    const place = stemPoint(200, bend, 0.5 + each * 0.04)
    const size = 11 - Math.abs(each - 4) * 0.45
    return [-58, 58, 0]
      .map((turn) =>
        group(
          at(place, turn + between(dice, -8, 8)),
          path(
            petal(size * 0.55, size * 1.5, 1.2),
            turn === 0 ? lighter(color, 0.14) : mixed(color, '#6d569c', dice() * 0.7),
          ),
        ),
      )
      .join('')
  })
  const leaves = [0.12, 0.24].map((share, each) =>
    group(at(stemPoint(200, bend, share), each ? 24 : -24), leaf(54, 5, '#93a58d')),
  )
  return stemLine(bend, '#7f9678', 3) + leaves.join('') + buds.join('')
}

export const sprigs: Readonly<Record<string, Sprig>> = { eucalyptus, ruscus, gypsophila, lavender }
