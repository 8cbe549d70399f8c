import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Type } from 'typebox'
import type { Routes } from '#platform/http'
import type { Module } from '#platform/module'
import { Unavailable } from '#platform/outcome'
import {
  adminMachine,
  anna,
  bearer,
  machine,
  olga,
  testDatabase,
  testServer,
  type TestDatabase,
} from '#platform/testing'
import { Upstream } from '#platform/upstream'
import { answerCall, defineCall, openRemote, openServiceSigner, openServiceVerifier } from './index.ts'

const secret = 'the secret that all services of the shop share'
const now = () => new Date('2026-11-21T09:00:00Z')

const pourCall = defineCall({
  path: 'tea/pour',
  input: Type.Object({ cups: Type.Integer({ minimum: 1, maximum: 9 }) }),
  output: Type.Object({ poured: Type.Integer() }),
})
const countCall = defineCall({ ...pourCall, path: 'tea/count', repeat: 'Reads again.' })

let poured = 0
/** The behaviour of the answering module. */
let answer = async (cups: number): Promise<object> => ({ poured: (poured += cups) })
const internal: Routes = (http) => {
  for (const call of [pourCall, countCall])
    answerCall(http, { call, answer: async ({ cups }) => (await answer(cups)) as { poured: number } })
}
const tea: Module = { name: 'tea', api: {}, internal: [internal] }

let database: TestDatabase
let address: string
const closing: (() => Promise<unknown>)[] = []
before(async () => {
  database = await testDatabase({ parts: [] })
  const authenticateService = openServiceVerifier({ secret, services: ['tea'], now })
  const server = await testServer([tea], { authenticateService })
  address = await server.listen({ port: 0, host: '127.0.0.1' })
  closing.push(() => server.close())
})
after(async () => {
  for (const close of closing) await close()
  await database.close()
})

function remoteOf(tokenFor: (service: string) => string, url = address) {
  const upstream = new Upstream({ service: 'tea', urls: [url] })
  closing.unshift(() => upstream.close())
  return openRemote({ upstream, tokenFor })
}
const signer = openServiceSigner({ secret, from: 'ordering', now })

test('a call reaches the module of another process and returns what it answers (PLT-14)', async () => {
  poured = 0
  assert.deepEqual(await remoteOf(signer).call(pourCall, { cups: 3 }), { poured: 3 })
})

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
function tokenWith(claims: object, { key = secret, typ = 'service+jwt', alg = 'HS256' } = {}): string {
  const input = `${encode({ alg, typ })}.${encode(claims)}`
  const signature = alg === 'none' ? '' : createHmac('sha256', key).update(input).digest('base64url')
  return `${input}.${signature}`
}

test('no token but that of a service for this service is accepted (SEC-3)', async () => {
  const iat = now().getTime() / 1000
  const claims = { iss: 'ordering', aud: 'tea', iat, exp: iat + 60 }
  assert.deepEqual(await remoteOf(() => tokenWith(claims)).call(countCall, { cups: 1 }), { poured: poured })
  const refused: Record<string, string> = {
    'of Anna': bearer(anna).slice(7),
    'of the admin': bearer(olga).slice(7),
    'of a program': bearer(machine).slice(7),
    'of a program with all rights': bearer(adminMachine).slice(7),
    'for another service': tokenWith({ ...claims, aud: 'payments' }),
    'without a service': tokenWith({ ...claims, aud: undefined }),
    'of another secret': tokenWith(claims, { key: 'another secret of the same length as the first' }),
    'without a signature': tokenWith(claims, { alg: 'none' }),
    'of another type': tokenWith(claims, { typ: 'at+jwt' }),
    expired: tokenWith({ ...claims, iat: iat - 120, exp: iat - 60 }),
    'of the future': tokenWith({ ...claims, iat: iat + 120, exp: iat + 180 }),
    'that lives for years': tokenWith({ ...claims, exp: iat + 100_000_000 }),
    'that never expires': tokenWith({ ...claims, exp: undefined }),
    absent: '',
  }
  const before = poured
  for (const [name, token] of Object.entries(refused)) {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    const response = await fetch(`${address}/api/v1/internal/tea/pour`, { method: 'POST', headers, body: '{"cups":1}' })
    assert.equal(response.status, 401, name)
  }
  assert.equal(poured, before)
})

test('a process without the secret of the services has no internal routes (SEC-3)', async () => {
  const server = await testServer([tea])
  closing.unshift(() => server.close())
  const authorization = `Bearer ${signer('tea')}`
  const url = '/api/v1/internal/tea/pour'
  const response = await server.inject({ method: 'POST', url, headers: { authorization }, payload: { cups: 1 } })
  assert.equal(response.statusCode, 404)
})

test('a service that answers 503, 404 or refuses the token counts as away (PLT-14)', async () => {
  const working = answer
  answer = async () => {
    throw new Unavailable('the kettle')
  }
  await assert.rejects(remoteOf(signer).call(countCall, { cups: 1 }), Unavailable)
  answer = working
  await assert.rejects(remoteOf(signer).call({ ...countCall, path: 'tea/later' }, { cups: 1 }), Unavailable)
  await assert.rejects(
    remoteOf(openServiceSigner({ secret: 'not the secret of the shop, though of its length', from: 'x', now })).call(
      countCall,
      { cups: 1 },
    ),
    Unavailable,
  )
})

test('an input or an answer that does not fit is a mistake, and no outage (PLT-14)', async () => {
  const mistake = (error: Error) => !(error instanceof Unavailable)
  await assert.rejects(remoteOf(signer).call(countCall, { cups: 0 }), mistake)
  const expecting = { ...countCall, output: Type.Object({ spilled: Type.Integer() }) }
  await assert.rejects(remoteOf(signer).call(expecting, { cups: 1 }), /does not fit its schema/)
})
