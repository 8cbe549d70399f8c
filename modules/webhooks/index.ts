import { keyLocal } from '#platform/events'
import { WakeableLoop } from '#platform/jobs'
import type { MailQueue } from '#platform/mail'
import type { Module } from '#platform/module'
import { openOutbound, type Outbound, type Reach } from '#platform/outbound'
import { openSeal } from '#platform/seal'
import { seconds, type Clock } from '#platform/values'
import { changeEndpoint } from './change-endpoint/change-endpoint.ts'
import { changeEndpointRoute } from './change-endpoint/route.ts'
import { webhooksChecks } from './checks.ts'
import { createEndpoint } from './create-endpoint/create-endpoint.ts'
import { createEndpointRoute } from './create-endpoint/route.ts'
import { deactivateEndpoint } from './deactivate-failing/deactivate-endpoint.ts'
import { deactivateFailing } from './deactivate-failing/deactivate-failing.ts'
import { deactivateFailingJob } from './deactivate-failing/job.ts'
import { deleteEndpoint } from './delete-endpoint/delete-endpoint.ts'
import { deleteEndpointRoute } from './delete-endpoint/route.ts'
import { deleteOldDeliveries, deleteOldMessages } from './delete-old-deliveries/delete-old-deliveries.ts'
import { deleteOldDeliveriesJob } from './delete-old-deliveries/job.ts'
import { enqueueDeliveries } from './enqueue-deliveries/enqueue-deliveries.ts'
import { enqueueDeliveriesSubscriptions } from './enqueue-deliveries/subscriber.ts'
import { SubscribedTypes } from './enqueue-deliveries/subscribed-types.ts'
import { webhooksEvents } from './events.ts'
import { listDeliveries, showDelivery } from './list-deliveries/query.ts'
import { listDeliveriesRoutes } from './list-deliveries/route.ts'
import { listEndpoints, showEndpoint } from './list-endpoints/query.ts'
import { listEndpointsRoutes } from './list-endpoints/route.ts'
import { webhooksMetric } from './metrics.ts'
import { pingEndpoint } from './ping-endpoint/ping-endpoint.ts'
import { pingEndpointRoute } from './ping-endpoint/route.ts'
import { retryDelivery } from './retry-delivery/retry-delivery.ts'
import { retryDeliveryRoute } from './retry-delivery/route.ts'
import { rotateSecret } from './rotate-secret/rotate-secret.ts'
import { rotateSecretRoute } from './rotate-secret/route.ts'
import { senderOf } from './send-deliveries/run-sender.ts'
import { openSender } from './send-deliveries/send-deliveries.ts'
import type { WebhooksDb } from './store.ts'

type Needs = Readonly<{
  db: WebhooksDb
  now: Clock
  mail: Pick<MailQueue, 'send'>
  /** The name of the shop in e-mails. */
  shopName: string
  /** WEBHOOK_TARGETS */
  reach: Reach
  /** Encrypts the secrets of endpoints in the database. */
  sealSecret: string
  /** Sends the requests; over the Internet when absent. */
  outbound?: Outbound
}>

/** Receivers have this time to answer, from the connection to the end of the response. */
const timeLimit = seconds(10)

/** Sends events of the shop to the programs of the merchant, signed by Standard Webhooks. */
export function webhooks({ sealSecret, ...needs }: Needs): Module<{}> {
  const { db, reach, outbound = openOutbound({ reach, timeLimit }) } = needs
  const loop = new WakeableLoop()
  const seal = openSeal(sealSecret, 'webhook secrets')
  const subscribed = new SubscribedTypes(needs.now)
  const parts = { ...needs, seal, outbound, wake: loop.wake, subscribed, deactivate: deactivateEndpoint(needs) }
  const slices = {
    createEndpoint: createEndpoint(parts),
    changeEndpoint: changeEndpoint(parts),
    deleteEndpoint: deleteEndpoint(db),
    rotateSecret: rotateSecret(parts),
    pingEndpoint: pingEndpoint(parts),
    retryDelivery: retryDelivery(parts),
    listEndpoints: listEndpoints(db),
    showEndpoint: showEndpoint(db),
    listDeliveries: listDeliveries(db),
    showDelivery: showDelivery(db),
  }
  return {
    name: 'webhooks',
    description: 'Events for the programs of the merchant, over HTTP.',
    api: {},
    routes: [
      listEndpointsRoutes(slices),
      createEndpointRoute(slices),
      changeEndpointRoute(slices),
      deleteEndpointRoute(slices),
      rotateSecretRoute(slices),
      pingEndpointRoute(slices),
      listDeliveriesRoutes(slices),
      retryDeliveryRoute(slices),
    ],
    publishes: webhooksEvents,
    subscriptions: enqueueDeliveriesSubscriptions({ subscribed, enqueueDeliveries: enqueueDeliveries(parts) }).map(
      keyLocal,
    ),
    jobs: [
      deactivateFailingJob({ deactivateFailing: deactivateFailing(parts) }),
      deleteOldDeliveriesJob({
        deleteOldDeliveries: deleteOldDeliveries(parts),
        deleteOldMessages: deleteOldMessages(parts),
      }),
    ],
    background: [senderOf({ loop, open: (onError) => openSender(parts, onError), close: outbound.close })],
    checks: webhooksChecks({ db, seal }),
    metrics: [webhooksMetric(db)],
  }
}
