import fastify, { type RouteOptions } from 'fastify'
import type { Access } from '#platform/access'
import type { Module } from '#platform/module'

const introduction = `# Routes

Every route of the API, by module: who may call it, and its purpose. \`npm run docs\` writes this page from the routes.
[openapi.yaml](openapi.yaml) has their bodies and answers. All paths are below \`/api/v1\`.

| who may call it | admits |
| --- | --- |
| everybody | guests too |
| users | signed-in users, each for what is their own |
| users, \`orders.read\` | the same, and staff and programs with the permission for everything |
| \`orders.read\` | staff and programs with the permission; \`GET /admin/roles\` lists those of each role |
| programs | a program with its own token |
`

/** The page of all routes that the API document describes, by the module that has them. */
export function routesPage(modules: readonly Pick<Module, 'name' | 'routes'>[]): string {
  const sections = modules.map(({ name, routes = [] }) => {
    const rows = describedRoutes(routes).map(
      ({ method, url, schema, config }) =>
        `| \`${String(method)} ${pathOf(url)}\` | ${admitted(config?.access)} | ${schema?.summary ?? ''} |`,
    )
    return `## ${name}\n\n| route | who may call it | purpose |\n| --- | --- | --- |\n${rows.join('\n')}\n`
  })
  return [introduction, ...sections].join('\n')
}

/** Declares routes on a server that never starts, so that it compiles no schema and needs no database. */
function describedRoutes(routes: NonNullable<Module['routes']>): readonly RouteOptions[] {
  const server = fastify({ exposeHeadRoutes: false })
  const declared: RouteOptions[] = []
  server.addHook('onRoute', (route) => void declared.push(route))
  for (const declare of routes) declare(server)
  return declared.filter(({ schema }) => !schema?.hide)
}

/** `/orders/:id` is `/orders/{id}` in the documents. */
const pathOf = (url: string) => url.replaceAll(/:(\w+)/g, '{$1}')

function admitted(access: Access | undefined): string {
  if (access === 'anyone') return 'everybody'
  if (access === 'user') return 'users'
  if (access === 'machine' || access === 'service' || access === undefined) return 'programs'
  return 'userOr' in access ? `users, \`${access.userOr}\`` : `\`${access.permission}\``
}
