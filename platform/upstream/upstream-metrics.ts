import type { Metric } from '#platform/telemetry'
import type { Upstream } from './upstream.ts'

/** The metrics of the connections to other services. */
export const upstreamMetrics = (upstreams: readonly Upstream[]): readonly Metric[] => [
  {
    name: 'upstream_requests_total',
    help: 'Requests to another service by outcome: answered with any status, no answer, refused at once, given up by the client',
    kind: 'counter',
    labels: ['service', 'outcome'],
    read: () =>
      upstreams.flatMap(({ service, counts: { outcomes } }) =>
        Object.entries(outcomes).map(([outcome, value]) => ({ labels: { service, outcome }, value })),
      ),
  },
  {
    name: 'upstream_repeats_total',
    help: 'Attempts after the first one of a request',
    kind: 'counter',
    labels: ['service'],
    read: () => upstreams.map(({ service, counts: { repeats } }) => ({ labels: { service }, value: repeats })),
  },
  {
    name: 'upstream_ejections_total',
    help: 'Times an address got no further requests because it did not answer',
    kind: 'counter',
    labels: ['service'],
    read: () => upstreams.map(({ service, counts: { ejections } }) => ({ labels: { service }, value: ejections })),
  },
  {
    name: 'upstream_addresses',
    help: 'Known addresses of a service, by whether they get requests',
    labels: ['service', 'state'],
    read: () =>
      upstreams.flatMap(({ service, addresses: { available, ejected } }) => [
        { labels: { service, state: 'available' }, value: available },
        { labels: { service, state: 'ejected' }, value: ejected },
      ]),
  },
  {
    name: 'upstream_running_requests',
    help: 'Requests without a complete answer',
    labels: ['service'],
    read: () => upstreams.map(({ service, addresses: { running } }) => ({ labels: { service }, value: running })),
  },
]
