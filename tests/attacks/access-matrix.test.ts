import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SignedInView } from '#identity/schema'
import { openServiceSigner } from '#platform/calls'
import { expectResponse } from '#platform/testing'
import { systemClock } from '#platform/values'
import { serviceNames } from '../../apps/services/services.ts'
import { guest, openShop, staff, topology, type Shop } from '../e2e/open-shop.ts'
import { password, uniqueEmail } from '../e2e/purchase-steps.ts'
import { operationsOf, type Operation } from './api-document.ts'
import { whenQuiet } from './checksums.ts'
import { validRequest } from './valid-request.ts'

const SERVICE_SECRET = 'the secret between the services of this test'

/** The callers of the matrix, with their tokens. */
type Callers = Readonly<{
  guest: undefined
  customer: string
  /** A member of the staff whose role has no permission. */
  clerk: string
  /** A member of the staff who has every permission. */
  admin: string
  machine: string
  /** The token with which the orders call the service of the route. */
  service: string
}>
type Kind = keyof Callers

let shop: Shop
let operations: readonly Operation[]
/** The routes for programs: the gateway hides them. */
let hidden: readonly Operation[] = []
let callers: Callers
before(async () => {
  shop = await openShop({ SERVICE_SECRET })
  operations = await operationsOf(shop.address)
  if (topology !== 'one') hidden = (await Promise.all(serviceNames.map(internalRoutes))).flat()
  await setPermissions([])
  const sign = openServiceSigner({ secret: SERVICE_SECRET, from: 'ordering', now: systemClock })
  callers = {
    guest,
    customer: await shop.customer(),
    clerk: await marketer(),
    admin: await memberOf('admin'),
    machine: staff,
    service: sign('shop'),
  }
})
after(() => shop.close())

const isInternal = ({ path }: Operation) => path.startsWith('/api/v1/internal/')
const internalRoutes = async (service: (typeof serviceNames)[number]) =>
  (await operationsOf(shop.addressOf(service))).filter(isInternal)

async function memberOf(role: 'admin' | 'marketer'): Promise<string> {
  const code = await shop.app.identity!.users.invite(role)
  const body = { code, email: uniqueEmail('Clerk'), password, name: 'Clerk' }
  return expectResponse(await shop.send(guest, 'POST /auth/invitations/accept', { body }), 201, SignedInView)
    .access_token
}
const marketer = () => memberOf('marketer')

const setPermissions = async (permissions: readonly string[]) =>
  expectResponse(await shop.send(staff, 'PUT /admin/roles/marketer', { body: { permissions } }), 200)

type Received = Readonly<{ answer: string; missing: string | undefined }>

/** Sends a request that the route refuses once it has admitted the caller: it has an unknown parameter, and changes nothing. */
async function send(operation: Operation, as: string | undefined): Promise<Received> {
  const { path, body } = validRequest(operation)
  const response = await fetch(`${shop.address}${path}?surprise=1`, {
    method: operation.method,
    headers: {
      ...(as !== undefined && { authorization: `Bearer ${as}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  })
  const { code, missing_permission: missing } = (await response.json()) as Record<string, string | undefined>
  return { answer: `${response.status} ${code}`, missing }
}

const admitted = '400 validation-failed'

/** The answer of a route to each kind of caller, by the document of the routes. */
function expected(operation: Operation, kind: Kind): string {
  const { admits, ignoresToken } = operation
  if (ignoresToken) return admitted
  if (kind === 'service') return '401 unauthorized'
  if (admits === 'anyone') return admitted
  if (kind === 'guest') return '401 unauthorized'
  const closed: Readonly<Record<typeof admits, readonly Kind[]>> = {
    'signed-in': [],
    customer: ['machine'],
    staff: isInternal(operation) ? ['customer', 'clerk', 'admin'] : ['customer', 'clerk'],
  }
  return closed[admits].includes(kind) ? '403 forbidden' : admitted
}

/** Asks for the answer of each operation, eight at once, and returns those that are not as expected. */
async function differences(
  asked: readonly Operation[],
  ask: (operation: Operation) => Promise<Readonly<{ received: string; expected: string }>>,
): Promise<readonly string[]> {
  const found: string[] = []
  const queue = asked.values()
  const work = async () => {
    for (const operation of queue) {
      const { received, expected } = await ask(operation)
      if (received !== expected) found.push(`${operation.name}: ${received}, not ${expected}`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  return found
}

const ofApi = () => operations.filter(({ path }) => path.startsWith('/api/v1/'))

test('every route answers each kind of caller as its description says (SEC-3, rule 6)', async (t) => {
  const before = await whenQuiet(shop)
  const routes = ofApi()
  assert.ok(routes.length > 200)
  for (const [kind, as] of Object.entries(callers) as [Kind, string | undefined][]) {
    const wrong = await differences(routes, async (one) => ({
      received: (await send(one, as)).answer,
      expected: expected(one, kind),
    }))
    assert.deepEqual(wrong, [], `to ${kind}`)
  }
  assert.deepEqual(await whenQuiet(shop), before, 'nothing changed')
  t.diagnostic(`${routes.length} routes`)
})

test('a permission opens exactly the routes that name it when it is missing (SEC-3, rule 6)', async (t) => {
  const needed = new Map<Operation, string>()
  for (const operation of ofApi().filter((one) => expected(one, 'clerk') === '403 forbidden' && !isInternal(one))) {
    const { missing } = await send(operation, callers.clerk)
    needed.set(operation, missing ?? assert.fail(`${operation.name} does not name the missing permission`))
  }
  const permissions = new Set(needed.values())
  for (const permission of permissions) {
    await setPermissions([permission])
    // Another member: the services know the permissions of a token for some seconds.
    const as = await marketer()
    const wrong = await differences([...needed.keys()], async (one) => ({
      received: (await send(one, as)).answer,
      expected: needed.get(one) === permission ? admitted : '403 forbidden',
    }))
    assert.deepEqual(wrong, [], `with ${permission}`)
  }
  t.diagnostic(`${needed.size} routes, ${permissions.size} permissions`)
})

test('no caller reaches the routes for programs through the gateway (SEC-3, PLT-15)', async () => {
  if (topology !== 'one') assert.ok(hidden.length > 5)
  for (const [kind, as] of Object.entries(callers)) {
    const wrong = await differences(hidden, async (one) => ({
      received: (await send(one, as)).answer,
      expected: '404 no-such-route',
    }))
    assert.deepEqual(wrong, [], `to ${kind}`)
  }
})
