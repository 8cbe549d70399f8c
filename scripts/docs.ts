import { readFileSync, writeFileSync } from 'node:fs'
import { envExample } from '#platform/config'
import { asyncapiYaml } from '#platform/events'
import { openapiYaml } from '#platform/http'
import { openLogs } from '#platform/telemetry'
import { topics } from '../apps/config/config.ts'
import { operator } from '../apps/operator/operator.ts'
import { openServer } from '../apps/run.ts'
import { version } from '../apps/version.ts'
import { describeModules } from '../apps/services/describe-modules.ts'
import { capacityPage } from './capacity.ts'
import { readModuleCalls } from './module-calls.ts'
import { withModuleMap } from './module-map.ts'
import { routesPage } from './routes-page.ts'
import { withTests } from './requirement-tests.ts'

const root = new URL('../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

/** The generated documents by path: the API, the events, the settings, the capacity, the routes, the module map, the tests. */
export async function generatedDocuments(): Promise<Readonly<Record<string, string>>> {
  const app = describeModules()
  const { name } = app.config.app
  const settings = envExample(Object.values(topics))
  const server = await openServer({ app, logs: openLogs({ service: name, version, level: 'silent' }) })
  try {
    await server.ready()
    return {
      'docs/openapi.yaml': openapiYaml(server),
      'docs/asyncapi.yaml': asyncapiYaml(app.modules, { name, version }),
      '.env.example': settings,
      'docs/guides/capacity.md': capacityPage(read('docs/benchmarks.md'), settings),
      'ARCHITECTURE.md': withModuleMap(
        read('ARCHITECTURE.md'),
        app.modules,
        readModuleCalls(app.modules.map(({ name }) => name)),
      ),
      'docs/routes.md': routesPage([...app.modules, operator(app)]),
      'docs/requirements.md': withTests(read('docs/requirements.md')),
    }
  } finally {
    await server.close()
    await app.close()
  }
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await generatedDocuments())) writeFileSync(new URL(path, root), text)
}
