import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { bodyOf, type Schemas } from '../api/client.ts'
import { browser } from '../browser.ts'
import { useResource } from '../parts/resource.ts'
import type { PageProps } from '../router/route.ts'
import { useShop } from '../shop.ts'
import { FailedPage } from './failed.tsx'
import { missingPage } from './missing.tsx'

type Tracking = Schemas['Tracking']

/** The way of a parcel for everybody who has its link; it shows neither goods nor names. */
export function TrackPage({ params, query }: PageProps<never>): VNode {
  const { texts } = useShop()
  const token = params['token'] ?? ''
  const read = () => bodyOf(browser().api.GET('/api/v1/delivery/track/{token}', { params: { path: { token } } }))
  const { resource, reload } = useResource(read, token)
  const status = resource.kind === 'ready' ? resource.content.status : undefined
  useTrackEvents(isOver(status) ? undefined : token, reload)
  if (resource.kind === 'failed') {
    const { Page } = missingPage
    if (resource.failure.status === 404) return <Page loaded={undefined} params={params} query={query} />
    return <FailedPage failure={resource.failure} again={reload} />
  }
  return (
    <div class="narrow">
      <h1>{texts.track.title}</h1>
      {resource.kind === 'loading' && <p role="status">{texts.ui.loading}</p>}
      {resource.kind === 'ready' && <Parcel token={token} tracking={resource.content} />}
    </div>
  )
}

type ParcelProps = Readonly<{ token: string; tracking: Tracking }>

function Parcel({ token, tracking }: ParcelProps): VNode {
  const { formats, texts } = useShop()
  const { method, status, timeline } = tracking
  // A parcel that was on its way when the page came keeps the space of its courier: nothing moves when it arrives.
  const [wasOpen] = useState(!isOver(status))
  return (
    <section class="sheet next">
      <p class="badge">{texts.order.shipments[status]}</p>
      <p class="hint">
        {texts.track.method}: {texts.checkout.methods[method]}
      </p>
      {wasOpen && method === 'courier' && (
        <div class="courier-place">{!isOver(status) && <CourierOf token={token} changes={timeline.length} />}</div>
      )}
      {wasOpen && <p class="hint">{texts.track.lead}</p>}
      <ol class="timeline" aria-live="polite">
        {timeline.map(({ status: reached, at }) => (
          <li key={`${reached}${at}`}>
            <span>{texts.order.shipments[reached]}</span>
            <time dateTime={at}>{formats.time(at)}</time>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** The courier of the shop, when one has the parcel; his position while the customer is the next one. */
function CourierOf({ token, changes }: Readonly<{ token: string; changes: number }>): VNode | null {
  const { formats, texts } = useShop()
  const read = () => bodyOf(browser().api.GET('/api/v1/dispatch/track/{token}', { params: { path: { token } } }))
  const { resource, reload } = useResource(read, `${token} ${changes}`)
  useEffect(() => {
    const timer = setInterval(reload, positionInterval)
    return () => clearInterval(timer)
  }, [reload])
  if (resource.kind !== 'ready') return null
  const { courier_name, expected_at, stops_before, position, arrived } = resource.content
  const words = texts.order.courier
  return (
    <>
      {courier_name !== null && <p>{words.name(courier_name)}</p>}
      {arrived && <p>{words.arrived}</p>}
      {!arrived && expected_at !== null && <p>{words.expected(formats.time(expected_at))}</p>}
      {!arrived && stops_before !== null && stops_before > 0 && <p>{words.stops(stops_before)}</p>}
      {position !== null && (
        <p>
          <a href={mapOf(position)} target="_blank" rel="noopener noreferrer">
            {words.position}
          </a>
        </p>
      )}
    </>
  )
}

/** Milliseconds; couriers report more often than buyers look. */
const positionInterval = 20_000

const mapOf = ({ lat, lng }: Readonly<{ lat: number; lng: number }>) =>
  `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lng}#map=16/${lat}/${lng}`

const isOver = (status: Tracking['status'] | undefined) =>
  status === 'delivered' || status === 'returned' || status === 'cancelled'

function useTrackEvents(token: string | undefined, changed: () => void): void {
  useEffect(() => {
    if (token === undefined) return undefined
    const source = new EventSource(`/api/v1/delivery/track/${encodeURIComponent(token)}/events`)
    source.addEventListener('shipment', changed)
    return () => source.close()
  }, [token, changed])
}
