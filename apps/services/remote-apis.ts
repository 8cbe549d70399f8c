import { remoteCart } from '#cart'
import { remoteCatalog } from '#catalog'
import { remoteDelivery } from '#delivery'
import { remoteIdentity } from '#identity'
import { remoteOrdering } from '#ordering'
import { remotePromotions } from '#promotions'
import { openRemote, openServiceSigner, type Remote } from '#platform/calls'
import { Upstream } from '#platform/upstream'
import { systemClock } from '#platform/values'
import type { Config } from '../config/config.ts'
import type { Apis } from './apis.ts'
import { serviceOf, type ModuleName, type ServiceName } from './services.ts'

type Needs = Readonly<{
  config: Config
  secret: string
  /** The services of this process, as they sign their calls. */
  runs: readonly ServiceName[]
}>

/** The apis of all modules over HTTP. It connects at the first call. */
export function openRemoteApis({ config, secret, runs }: Needs): Apis & Readonly<{ close: () => Promise<void> }> {
  const tokenFor = openServiceSigner({ secret, from: runs.join(' '), now: systemClock })
  const upstreams = new Map<ServiceName, Upstream>()
  const remoteOf = (module: ModuleName): Remote => {
    const service = serviceOf(module)
    const upstream = upstreams.get(service) ?? new Upstream({ service, urls: config.services.urls[service] })
    upstreams.set(service, upstream)
    return openRemote({ upstream, tokenFor })
  }
  const { machineTokens } = config.identity
  return {
    identity: remoteIdentity({ remote: remoteOf('identity'), machineTokens }),
    catalog: remoteCatalog(remoteOf('catalog')),
    cart: remoteCart(remoteOf('cart')),
    promotions: remotePromotions(remoteOf('promotions')),
    ordering: remoteOrdering(remoteOf('ordering')),
    delivery: remoteDelivery(remoteOf('delivery')),
    close: async () => void (await Promise.all([...upstreams.values()].map((upstream) => upstream.close()))),
  }
}
