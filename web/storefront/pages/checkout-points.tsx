import type { VNode } from 'preact'
import type { Schemas } from '../api/client.ts'
import { DrawnMap } from '../map/drawn-map.tsx'
import { projectionOf, type Place } from '../map/projection.ts'
import { Choice } from '../parts/choice.tsx'
import { useShop } from '../shop.ts'

type Point = Schemas['PickupPoint']
export type PickupPoints = readonly Point[]
type Placed = Point & Place
type Props = Readonly<{ points: PickupPoints; value: string; choose: (id: string) => void }>

export const placed = (points: PickupPoints): readonly Placed[] =>
  points.flatMap((point) => (point.lat === null || point.lng === null ? [] : [{ ...point, ...placeOf(point) }]))

const placeOf = ({ lat, lng }: Point): Place => ({ lat: lat ?? 0, lng: lng ?? 0 })

/** The pickup points as a list, and on a map when there are two places to compare. */
export function PointChoice({ points, value, choose }: Props): VNode {
  const { texts } = useShop()
  const onMap = placed(points)
  const hasMap = onMap.length > 1
  const numberOf = (id: string) => onMap.findIndex((point) => point.id === id) + 1
  const options = points.map(({ id, name, address, hours_text }) => ({
    code: id,
    name: hasMap && numberOf(id) > 0 ? `${numberOf(id)}. ${name}` : name,
    hint: `${address} · ${hours_text}`,
  }))
  return (
    <div class="form">
      <Choice legend={texts.checkout.point} name="point" value={value} options={options} choose={choose} />
      {hasMap && <PointMap points={onMap} value={value} choose={choose} />}
    </div>
  )
}

type MapProps = Readonly<{ points: readonly Placed[]; value: string; choose: (id: string) => void }>

function PointMap({ points, value, choose }: MapProps): VNode {
  const { texts } = useShop()
  const projection = projectionOf(points, [])
  return (
    <DrawnMap projection={projection} label={texts.checkout.pointMap}>
      {points.map((point, at) => {
        const { x, y } = projection.toMap(point)
        return (
          <g
            key={point.id}
            class={point.id === value ? 'pin on' : 'pin'}
            role="button"
            tabindex={0}
            aria-pressed={point.id === value}
            aria-label={`${at + 1}. ${point.name}, ${point.address}`}
            onClick={() => choose(point.id)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== ' ') return
              event.preventDefault()
              choose(point.id)
            }}
          >
            {/* The part that a finger meets is larger than the drawing. */}
            <circle class="reach" cx={x} cy={y} r="24" />
            <circle class="dot" cx={x} cy={y} r="13" />
            <text x={x} y={y + 5} aria-hidden="true">
              {at + 1}
            </text>
          </g>
        )
      })}
    </DrawnMap>
  )
}
