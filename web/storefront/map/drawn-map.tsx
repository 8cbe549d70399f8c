import type { ComponentChildren, VNode } from 'preact'
import { useShop } from '../shop.ts'
import { height, scaleOf, width, type Circle, type Place, type Projection } from './projection.ts'

type Props = Readonly<{
  projection: Projection
  label: string
  circles?: readonly Circle[]
  /** Called with the place that was pressed, or to which the arrow keys moved `mark`. */
  choose?: (place: Place) => void
  /** The place that the arrow keys move. */
  mark?: Place | undefined
  children: ComponentChildren
}>

/** Units by which an arrow key moves the mark; with the shift key a quarter of them. */
const step = 12
const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** The mark stays on the map. */
const within = (at: number, size: number): number => Math.min(Math.max(at, 0), size)

/** A map that the page draws itself, with the north above: it has no streets, and asks no other site. */
export function DrawnMap({ projection, label, circles = [], choose, mark, children }: Props): VNode {
  const chooseAt = (event: MouseEvent & { currentTarget: SVGSVGElement }) => {
    const { left, top, width: shown } = event.currentTarget.getBoundingClientRect()
    const units = width / shown
    choose?.(projection.toPlace((event.clientX - left) * units, (event.clientY - top) * units))
  }
  const move = (event: KeyboardEvent) => {
    const direction = directions[event.key]
    if (!direction || !mark) return
    event.preventDefault()
    const { x, y } = projection.toMap(mark)
    const units = event.shiftKey ? step / 4 : step
    choose?.(projection.toPlace(within(x + direction[0] * units, width), within(y + direction[1] * units, height)))
  }
  return (
    <svg
      class={choose ? 'map pressed' : 'map'}
      viewBox={`0 0 ${width} ${height}`}
      aria-label={label}
      role={choose ? 'application' : 'group'}
      {...(choose && { tabindex: 0, onClick: chooseAt, onKeyDown: move })}
    >
      {circles.map((circle) => {
        const { x, y } = projection.toMap(circle)
        return <circle key={`${x} ${y}`} class="zone" cx={x} cy={y} r={circle.radius_m * projection.unitsPerMetre} />
      })}
      {children}
      <Scale projection={projection} />
    </svg>
  )
}

function Scale({ projection }: Readonly<{ projection: Projection }>): VNode {
  const { formats } = useShop()
  const metres = scaleOf(projection)
  const end = 14 + metres * projection.unitsPerMetre
  return (
    <g class="scale-bar" aria-hidden="true">
      <path d={`M14 ${height - 20}v6H${end}v-6`} />
      <text x="14" y={height - 26}>
        {formats.distance(metres)}
      </text>
    </g>
  )
}
