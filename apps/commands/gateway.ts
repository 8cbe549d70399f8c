import type { Config } from '../config.ts'
import { openGateway } from '../gateway/gateway.ts'
import { listen } from '../listen.ts'
import { version } from '../version.ts'
import { runUntilSignal } from './run-until-signal.ts'

/** `posad gateway`: forwards requests to the services until SIGINT or SIGTERM. */
export async function gateway(config: Config): Promise<void> {
  await runUntilSignal(config, {
    name: 'gateway',
    start: async ({ logs, announce, isTerminal }) => {
      const server = await openGateway(config, logs)
      const address = await listen(server, config.app)
      announce(`Posad ${version} is open: ${address}`)
      if (isTerminal) announce('  Stop with Ctrl-C')
      return async () => await server.close()
    },
  })
}
