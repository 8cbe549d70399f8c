import type { Check } from '#platform/checks'
import { openApp, type App } from '../app.ts'
import { checksOf, checksOfServices } from '../checks/checks.ts'
import type { Config } from '../config/config.ts'
import { serviceConfigOf } from '../config/service-config.ts'
import { servicesOf } from '../database/databases.ts'
import type { ServiceName } from '../services/services.ts'
import { print, printLine, type Format } from '../terminal/print.ts'
import { readOwnConfig, withApp } from './with-app.ts'

/** `posad check`: runs every invariant, over all databases of the shop; returns false when one is broken. */
export async function check(options: Format): Promise<boolean> {
  const config = readOwnConfig()
  const services = servicesOf(config)
  if (services.length <= 1) return await withApp(async (app) => await report(checksOf(app), options))
  return await withServices(config, services, async (apps) => await report(checksOfServices(apps), options))
}

/** Opens several services for one command and closes them afterwards. */
async function withServices<Result>(
  config: Config,
  services: readonly ServiceName[],
  work: (apps: readonly App[]) => Promise<Result>,
): Promise<Result> {
  const apps: App[] = []
  try {
    for (const service of services) {
      const own = serviceConfigOf(config, service, { isSingle: false })
      apps.push(await openApp({ config: own, service, schema: 'current', announce: () => {} }))
    }
    return await work(apps)
  } finally {
    await Promise.all(apps.map((app) => app.close()))
  }
}

/** Prints which invariants hold, and up to ten rows that break each of the others. Returns false when one is broken. */
export async function report(all: readonly Check[], { json }: Format): Promise<boolean> {
  const checks = []
  for (const { name, description, violations } of all)
    checks.push({ name, description, violations: await violations() })
  const broken = checks.filter(({ violations }) => violations.length > 0)
  const ok = broken.length === 0
  if (json) {
    print({ ok, checks }, { json })
    return ok
  }
  for (const { name, description, violations } of checks) {
    printLine(`${violations.length === 0 ? '✔' : '✖'} ${name.padEnd(42)} ${description}`)
    for (const row of violations.slice(0, 10)) printLine(`    ${JSON.stringify(row)}`)
  }
  printLine(
    ok
      ? `${checks.length} invariants hold`
      : `${broken.length} of ${checks.length} invariants ${broken.length === 1 ? 'is' : 'are'} broken`,
  )
  return ok
}
