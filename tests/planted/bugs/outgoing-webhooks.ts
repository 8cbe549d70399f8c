import type { Bug } from '../bug.ts'

const webhooks = (file: string) => `modules/webhooks/${file}`
const sending = webhooks('send-deliveries/send-deliveries.test.ts')
const outbound = 'platform/outbound/outbound.test.ts'

/** The events that the shop sends to programs of the merchant. */
export const outgoingWebhookBugs: readonly Bug[] = [
  {
    description: 'two processes send the same delivery',
    requirement: 'CAT-15',
    file: webhooks('send-deliveries/claim-deliveries.ts'),
    text: 'and (delivery.claimed_until is null or delivery.claimed_until <= ${now})',
    replacement: '',
    caughtBy: sending,
  },
  {
    description: 'the late result of a process that was given up overwrites a delivery',
    requirement: 'CAT-15',
    file: webhooks('send-deliveries/save-attempt.ts'),
    text: "delivery?.status !== 'pending' || delivery.attempts !== attempts",
    replacement: '!delivery',
    caughtBy: sending,
  },
  {
    description: 'a receiver that hangs takes all places of its endpoint and more',
    requirement: 'CAT-15',
    file: webhooks('send-deliveries/claim-deliveries.ts'),
    text: 'greatest(${perEndpoint}::int - coalesce(busy.attempts, 0), 0)',
    replacement: '${perEndpoint}::int',
    caughtBy: sending,
  },
  {
    description: 'the signature does not cover the id of the event',
    requirement: 'CAT-15',
    file: webhooks('send-deliveries/sign.ts'),
    text: '`${id}.${timestamp}.${body}`',
    replacement: '`${timestamp}.${body}`',
    caughtBy: sending,
  },
  {
    description: 'the previous secret ends with the rotation',
    requirement: 'CAT-15',
    file: webhooks('send-deliveries/claim-deliveries.ts'),
    text: 'and (secret.expires_at is null or secret.expires_at > ${now})',
    replacement: 'and secret.expires_at is null',
    caughtBy: webhooks('rotate-secret/rotate-secret.test.ts'),
  },
  {
    description: 'two requests at once add an endpoint beyond the limit',
    requirement: 'CAT-15',
    file: webhooks('create-endpoint/create-endpoint.ts'),
    text: '      await lockNumberOfEndpoints(tx)\n',
    replacement: '',
    caughtBy: webhooks('endpoints.test.ts'),
  },
  {
    description: 'an endpoint that failed once long ago is deactivated after its repair',
    requirement: 'CAT-15',
    file: webhooks('send-deliveries/save-attempt.ts'),
    text: 'isAccepted(result) ? null : (endpoint.failing_since ?? at)',
    replacement: 'isAccepted(result) ? endpoint.failing_since : (endpoint.failing_since ?? at)',
    caughtBy: webhooks('deactivate-failing/deactivate-failing.test.ts'),
  },
  {
    description: 'a name that leads into the network of the shop receives a request',
    requirement: 'CAT-15',
    file: 'platform/outbound/resolve-public.ts',
    text: '[first, ...others].every(',
    replacement: '[first].every(',
    caughtBy: outbound,
  },
  {
    description: 'an address of IPv4 in the form of IPv6 passes for one of the Internet',
    requirement: 'CAT-15',
    file: 'platform/outbound/public-address.ts',
    text: "globalIpv6.check(address, 'ipv6') &&",
    replacement: '',
    caughtBy: outbound,
  },
  {
    description: 'an endpoint misses the events that follow its creation',
    requirement: 'CAT-15',
    file: webhooks('enqueue-deliveries/subscriber.ts'),
    text: '      subscribed.expire()\n',
    replacement: '',
    caughtBy: webhooks('enqueue-deliveries/enqueue-deliveries.test.ts'),
  },
  {
    description: 'types that were read before an endpoint changed are kept',
    requirement: 'CAT-15',
    file: webhooks('enqueue-deliveries/subscribed-types.ts'),
    text: 'if (changes === this.#changes) ',
    replacement: '',
    caughtBy: webhooks('enqueue-deliveries/subscribed-types.test.ts'),
  },
  {
    description: 'a delivery that cannot be signed is tried again for ever',
    requirement: 'CAT-15',
    file: webhooks('send-deliveries/send-deliveries.ts'),
    text: "if (!secrets) return { kind: 'failed', reason: secretLost, duration: 0 }",
    replacement: 'if (!secrets) throw new Error(secretLost)',
    caughtBy: webhooks('send-deliveries/lost-secret.test.ts'),
  },
]
