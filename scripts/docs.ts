import { readFileSync, writeFileSync } from 'node:fs'
import { envExample } from '#platform/config'
import { asyncapiYaml } from '#platform/events'
import { openapiYaml } from '#platform/http'
import { openLogs } from '#platform/telemetry'
import { topics } from '../apps/config.ts'
import { openServer } from '../apps/run.ts'
import { version } from '../apps/version.ts'
import { describeModules } from './describe-modules.ts'
import { withModuleMap } from './module-map.ts'

const root = new URL('../', import.meta.url)

/** The generated documents by path: the API, the events, the settings, and the page with the module map. */
export async function generatedDocuments(): Promise<Readonly<Record<string, string>>> {
  const app = describeModules()
  const { name } = app.config.app
  const server = await openServer({ app, logs: openLogs({ service: name, version, level: 'silent' }) })
  try {
    await server.ready()
    return {
      'docs/openapi.yaml': openapiYaml(server),
      'docs/asyncapi.yaml': asyncapiYaml(app.modules, { name, version }),
      '.env.example': envExample(Object.values(topics)),
      'ARCHITECTURE.md': withModuleMap(readFileSync(new URL('ARCHITECTURE.md', root), 'utf8'), app.modules),
    }
  } finally {
    await server.close()
    await app.close()
  }
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await generatedDocuments())) writeFileSync(new URL(path, root), text)
}
