import type { Config } from '../config/config.ts'
import { openGateway, openGatewayMetrics } from '../gateway/gateway.ts'
import { listen } from '../listen.ts'
import { version } from '../version.ts'
import { runUntilSignal } from './run-until-signal.ts'

/** `posad gateway`: forwards requests to the services until SIGINT or SIGTERM. */
export async function gateway(config: Config): Promise<void> {
  await runUntilSignal(config, {
    name: 'gateway',
    start: async ({ logs, announce, isTerminal }) => {
      const { metricsPlace } = config.gateway
      const own = metricsPlace && { ...(await openGatewayMetrics(config, logs)), place: metricsPlace }
      const server = await openGateway(config, logs, own?.metrics)
      const address = await listen(server, config.app)
      announce(`Posad ${version} is open: ${address}`)
      if (own) announce(`  Metrics     ${await listen(own.server, own.place)}/metrics`)
      if (isTerminal) announce('  Stop with Ctrl-C')
      return async () => {
        await server.close()
        await own?.server.close()
      }
    },
  })
}
