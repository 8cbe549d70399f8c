import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Module } from '#platform/module'
import { describeModules } from './describe-modules.ts'
import { otherServices } from './participants.ts'
import {
  isServiceName,
  modulesOf,
  serviceNames,
  serviceOf,
  serviceOfPath,
  services,
  type ModuleName,
} from './services.ts'

const app = describeModules()
after(() => app.close())
const modules: readonly Module[] = app.modules

/** The paths of the routes that `add` adds, with an example for each parameter. */
function pathsOf(routes: Module['routes'], prefix: string): string[] {
  const paths: string[] = []
  const methods = ['get', 'post', 'put', 'patch', 'delete']
  const add = (path: string) => void paths.push(`${prefix}${path}`.replaceAll(/:\w+/g, 'x'))
  const http: Record<string, unknown> = {
    ...Object.fromEntries(methods.map((method) => [method, add])),
    route: ({ url }: { url: string }) => add(url),
    register: (plugin: (inner: unknown) => unknown) => plugin(http),
    addHook: () => {},
    addContentTypeParser: () => {},
    removeContentTypeParser: () => {},
    setNotFoundHandler: () => {},
  }
  for (const route of routes ?? []) route(http as never)
  return paths
}

test('every module belongs to one service (PLT-14)', () => {
  const all = modulesOf()
  assert.deepEqual(
    modules.map(({ name }) => name).toSorted(),
    all.toSorted(),
    'apps/services/services.ts and apps/modules.ts have the same modules',
  )
  assert.equal(new Set(all).size, all.length)
  assert.equal(new Set(serviceNames.map((name) => services[name].port)).size, serviceNames.length)
})

test('the gateway sends every public path to the service of its module (PLT-15)', () => {
  const wrong: string[] = []
  for (const { name, routes, pages, plainPages, unversionedPaths = [] } of modules) {
    for (const path of pathsOf(plainPages, ''))
      assert.equal(serviceOfPath(path), 'shop', `${path}: the shop has the storefront`)
    const unversioned = unversionedPaths.map((path) => `/api${path}/x`)
    const paths = [...pathsOf(routes, '/api/v1'), ...pathsOf(pages, ''), ...unversioned]
    assert.ok(paths.length > 0)
    for (const path of paths) {
      // Programs of the shop call these at the service itself.
      const expected = path.startsWith('/api/v1/internal/') ? undefined : serviceOf(name as ModuleName)
      const found = serviceOfPath(path)
      if (found !== expected) wrong.push(`${path} goes to ${found}, and ${expected} has it`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('no service answers internal paths, metrics and health from outside (PLT-15)', () => {
  const paths = [
    '/api/v1/internal/catalog/hold',
    '/metrics',
    '/health',
    '/health/ready',
    '/api/v1/health',
    '/api/v2/orders',
  ]
  for (const path of paths) assert.equal(serviceOfPath(path), undefined, path)
  assert.equal(serviceOfPath('/api/v1/ordersx'), undefined)
  assert.equal(serviceOfPath('/'), 'shop')
  assert.equal(serviceOfPath('/teas/da-hong-pao'), 'shop')
  assert.equal(isServiceName('toString'), false)
})

test('a service knows the modules of the others with their events (PLT-14)', () => {
  const known = otherServices('ordering').flat()
  assert.deepEqual(
    known.map(({ name }) => name).toSorted(),
    modulesOf()
      .filter((name) => name !== 'ordering')
      .toSorted(),
  )
  assert.ok(
    known.some(({ subscriptions = [] }) => subscriptions.some(({ event }) => event.type.startsWith('ordering.'))),
  )
})
