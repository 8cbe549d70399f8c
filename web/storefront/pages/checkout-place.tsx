import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { Schemas } from '../api/client.ts'
import { browser } from '../browser.ts'
import { DrawnMap } from '../map/drawn-map.tsx'
import { metresBetween, projectionOf, type Circle, type Place } from '../map/projection.ts'
import { Icon } from '../parts/icon.tsx'
import { useShop } from '../shop.ts'
import { placed, type PickupPoints } from './checkout-points.tsx'

export type Zones = readonly Schemas['PublicDeliveryZone'][]

/** The zones that only coordinates find. */
const circlesOf = (zones: Zones): readonly (Circle & Readonly<{ name: string }>)[] =>
  zones.flatMap(({ needs, circle, name }) => (needs === 'point' && circle ? [{ ...circle, name }] : []))

type Props = Readonly<{
  zones: Zones
  /** Landmarks: the buyer may know where they are. */
  points: PickupPoints
  place: Place | undefined
  choose: (place: Place) => void
}>

/** The place of the address: by the device, by a press on the map, or by the arrow keys. The fee depends on it. */
export function PlaceChoice({ zones, points, place, choose }: Props): VNode {
  const { texts } = useShop()
  const { placeLabel, placeHint, placeMap } = texts.checkout
  const circles = circlesOf(zones)
  const landmarks = placed(points)
  // The map grows to a place that the device found or the draft had; it keeps its scale while the mark moves.
  const [far, setFar] = useState(place)
  const projection = projectionOf([...landmarks, ...(far ? [far] : [])], circles)
  const chooseFar = (found: Place) => {
    setFar(found)
    choose(found)
  }
  const mark = place ?? circles[0]
  const at = place && projection.toMap(place)
  return (
    <div class="form" role="group" aria-label={placeLabel}>
      <h2>{placeLabel}</h2>
      <p class="hint">{placeHint}</p>
      <LocateButton choose={chooseFar} />
      <DrawnMap projection={projection} label={placeMap} circles={circles} mark={mark} choose={choose}>
        {landmarks.map((point) => {
          const { x, y } = projection.toMap(point)
          return (
            <g class="landmark" key={point.id}>
              <circle cx={x} cy={y} r="5" />
              <text x={x} y={y - 11}>
                {point.name}
              </text>
            </g>
          )
        })}
        {at && <path class="mark-place" d={`M${at.x} ${at.y}c-9-11-12-15-12-21a12 12 0 0 1 24 0c0 6-3 10-12 21z`} />}
      </DrawnMap>
      <PlaceText place={place} circles={circles} />
    </div>
  )
}

const isInside = (place: Place, circles: readonly Circle[]): boolean =>
  circles.some((circle) => metresBetween(circle, place) <= circle.radius_m)

/** The chosen place in words: screen readers read it while the arrow keys move it. */
function PlaceText({ place, circles }: Readonly<{ place: Place | undefined; circles: ReturnType<typeof circlesOf> }>) {
  const { formats, texts } = useShop()
  const zone = place && circles.find((circle) => isInside(place, [circle]))
  const nearest = place && Math.min(...circles.map((circle) => metresBetween(circle, place) - circle.radius_m))
  return (
    <p class="hint place-text" aria-live="polite">
      {place === undefined && texts.checkout.placeNone}
      {zone && texts.checkout.placeIn(zone.name)}
      {place && !zone && texts.checkout.placeOutside(formats.distance(Math.round(nearest ?? 0)))}
    </p>
  )
}

/** Asks the device where it is. */
function LocateButton({ choose }: Pick<Props, 'choose'>): VNode {
  const { texts } = useShop()
  const [state, setState] = useState<'idle' | 'asking' | 'refused'>('idle')
  const locate = async () => {
    if (state === 'asking') return
    setState('asking')
    const place = await browser().host.locate()
    setState(place ? 'idle' : 'refused')
    if (place) choose(place)
  }
  return (
    <div class="row-actions">
      <button type="button" class="button quiet" aria-disabled={state === 'asking'} onClick={() => void locate()}>
        <Icon name="pin" /> {texts.checkout.locate}
      </button>
      <span class="hint" role="status">
        {state === 'refused' && texts.checkout.locateRefused}
      </span>
    </div>
  )
}
