import { quietLog } from '#platform/telemetry'
import { brokerContract } from '../broker.contract.ts'
import { openBroker } from '../open-broker.ts'

const settings = { kind: 'embedded', exchange: 'posad', queuePrefix: '' } as const

brokerContract('the embedded broker', {
  stores: false,
  recovery: 2000,
  open: (topology) => openBroker({ settings, topology, log: quietLog }),
})
