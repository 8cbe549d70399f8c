import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'
import type { FastifyInstance } from 'fastify'
import { parse } from 'yaml'
import { asyncapiYaml } from '#platform/events'
import { testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { openapiYaml } from '../index.ts'
import { teaShop } from '../testing.ts'

let database: TestDatabase
let http: FastifyInstance
before(async () => {
  database = await testDatabase({ parts: [] })
  http = await testServer([teaShop(database.db)], { db: database.db })
})
after(async () => {
  await http.close()
  await database.close()
})

type Operation = {
  operationId: string
  security: object[]
  parameters?: { name: string; in: string; schema: object }[]
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}
type Document = {
  openapi: string
  tags: { name: string; description?: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object>; responses: Record<string, { content?: object }> }
}

test('the API document is valid OpenAPI 3.1 (rule 12)', async () => {
  const response = await http.inject('/api/openapi.json')
  const document = response.json<Document>()
  assert.equal(document.openapi, '3.1.0')
  const { valid, errors } = await new Validator().validate(JSON.parse(response.body))
  assert.ok(valid, JSON.stringify(errors))
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length)
  const again = await http.inject({
    url: '/api/openapi.json',
    headers: { 'if-none-match': String(response.headers.etag) },
  })
  assert.equal(again.statusCode, 304)
})

test('a route says who may use it, what it refuses and how to repeat it (rule 12)', async () => {
  const { paths, tags } = (await http.inject('/api/openapi.json')).json<Document>()
  const sell = paths['/api/v1/teas']?.['post']
  assert.ok(sell)
  assert.deepEqual(Object.keys(sell.responses), [
    '201',
    '400',
    '401',
    '403',
    '409',
    '413',
    '415',
    '422',
    '429',
    'default',
  ])
  assert.match(sell.responses['409']?.description ?? '', /sold-out[^]*too-much[^]*idempotency-in-progress/)
  assert.deepEqual(sell.security, [{ user: [] }])
  assert.deepEqual(
    sell.parameters?.map((parameter) => [parameter.in, parameter.name]),
    [
      ['header', 'x-basket'],
      ['header', 'Idempotency-Key'],
    ],
  )
  assert.deepEqual(
    tags.find(({ name }) => name === 'tea'),
    { name: 'tea', description: 'Tea by weight' },
  )
  assert.deepEqual(paths['/api/v1/internal/till']?.['get']?.security, [{ machine: [] }])
  assert.ok(!Object.keys(paths).some((path) => path.startsWith('/api/docs') || path === '/metrics'))
})

test('a problem is a component of its code with its members; a status is a union of them (rule 12, F-52)', async () => {
  const { paths, components } = (await http.inject('/api/openapi.json')).json<Document>()
  const { responses } = paths['/api/v1/teas']?.['post'] ?? assert.fail()
  const problemOf = (status: string) => responses[status]?.content?.['application/problem+json']?.schema
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
  assert.deepEqual(problemOf('409'), {
    oneOf: [ref('SoldOutProblem'), ref('TooMuchProblem'), ref('IdempotencyInProgressProblem')],
  })
  assert.deepEqual(components.schemas['SoldOutProblem'], {
    title: 'SoldOutProblem',
    allOf: [
      ref('Problem'),
      {
        type: 'object',
        required: ['code', 'left'],
        properties: { code: { type: 'string', enum: ['sold-out'] }, left: { type: 'integer' } },
      },
    ],
  })
  for (const code of ['ValidationFailed', 'MalformedBody', 'EmptyBody', 'BadIdempotencyKey']) {
    assert.match(JSON.stringify(problemOf('400')), new RegExp(`/${code}Problem"`))
  }
})

test('a response that several routes give in the same words is one component (rule 12, F-52)', async () => {
  const { paths, components } = (await http.inject('/api/openapi.json')).json<Document>()
  const { responses } = paths['/api/v1/teas']?.['post'] ?? assert.fail()
  assert.deepEqual(responses['429'], { $ref: '#/components/responses/TooManyRequests' })
  assert.deepEqual(components.responses['TooManyRequests']?.content, {
    'application/problem+json': { schema: { $ref: '#/components/schemas/TooManyRequestsProblem' } },
  })
})

test('a named schema is one component that every route refers to (rule 12, F-52)', async () => {
  const { paths, components } = (await http.inject('/api/openapi.json')).json<Document>()
  const names = Object.keys(components.schemas).filter((name) => !/(Problem|Issue)$/.test(name))
  assert.deepEqual(names, ['ComponentHealth', 'Health', 'Readiness', 'Tea', 'TeaPage'])
  const tea = { $ref: '#/components/schemas/Tea' }
  assert.deepEqual(paths['/api/v1/teas/{id}']?.['get']?.responses['200']?.content?.['application/json']?.schema, tea)
  const list = paths['/api/v1/teas']?.['get']?.responses['200']?.content?.['application/json']?.schema
  assert.deepEqual(list, { $ref: '#/components/schemas/TeaPage' })
  assert.match(JSON.stringify(components.schemas['TeaPage']), /"items":\{"\$ref":"#\/components\/schemas\/Tea"\}/)
})

test('the document of the events is valid AsyncAPI 3 (rule 12)', async () => {
  const document = (await http.inject('/api/asyncapi.json')).json<object>()
  const file = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json')
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
  assert.ok(ajv.validate(JSON.parse(readFileSync(file, 'utf8')) as object, document), ajv.errorsText())
  const { channels, operations } = document as { channels: Record<string, { messages: object }>; operations: object }
  assert.deepEqual(Object.keys(channels), ['payments', 'tea'])
  assert.deepEqual(Object.keys(channels['tea']?.messages ?? {}), ['tea.tea-sold.v1'])
  assert.deepEqual(Object.keys(operations), ['tea-publishes', 'tea-handles-payments'])
})

test('the document of the events names the exchange of the settings (rule 12)', async () => {
  const named = await testServer([teaShop(database.db)], { db: database.db, settings: { exchange: 'flower_shop' } })
  const { channels } = (await named.inject('/api/asyncapi.json')).json<{
    channels: Record<string, { address: string }>
  }>()
  assert.equal(channels['tea']?.address, 'flower_shop.tea')
  await named.close()
})

test('both documents are written as YAML with the same content (rule 12)', async () => {
  assert.deepEqual(parse(openapiYaml(http)), (await http.inject('/api/openapi.json')).json())
  const yaml = asyncapiYaml([teaShop(database.db)], { name: 'posad', version: '0' })
  assert.deepEqual(parse(yaml), (await http.inject('/api/asyncapi.json')).json())
  assert.doesNotMatch(openapiYaml(http), /[&*]a\d/, 'no anchors')
})

test('the pages of the documents load nothing from elsewhere and work under their policy (rule 12, SEC-4)', async () => {
  for (const url of ['/api/docs', '/api/redoc']) {
    const page = await http.inject(url)
    assert.deepEqual([page.statusCode, page.headers['content-type']], [200, 'text/html; charset=utf-8'])
    assert.doesNotMatch(page.body, /https?:\/\//)
    assert.match(String(page.headers['content-security-policy']), /script-src 'self'/)
    assert.doesNotMatch(page.body, /<script>/, 'the policy allows no script inside the page')
    for (const [, asset = ''] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      if (asset !== '/') assert.equal((await http.inject({ url: asset })).statusCode, 200, asset)
    }
  }
})

test('the page of the API has the logo of the app and fits a phone (rule 12, F-75)', async () => {
  const page = (await http.inject('/api/docs')).body
  assert.match(page, /aria-label="Posad"/)
  assert.match(page, /name="viewport" content="width=device-width/)
})

test('the pages, documents and files of the API count against the limit of a caller (F-30)', async () => {
  const rates = { default: { count: 1, seconds: 60, burst: 3 } }
  const limited = await testServer([teaShop(database.db)], {
    db: database.db,
    settings: { limits: { kind: 'on', rates } },
  })
  const paths = ['/api/docs', '/api/openapi.json', '/api/redoc/redoc.standalone.js', '/api/docs/swagger-ui.css']
  const statuses = []
  for (const url of paths) statuses.push((await limited.inject(url)).statusCode)
  assert.deepEqual(statuses, [200, 200, 200, 429])
  await limited.close()
})

test('with the documents turned off their addresses are 404 (rule 12)', async () => {
  const silent = await testServer([teaShop(database.db)], { db: database.db, settings: { docs: false } })
  for (const url of ['/api/docs', '/api/docs/json', '/api/redoc', '/api/openapi.json', '/api/asyncapi.json']) {
    assert.equal((await silent.inject(url)).statusCode, 404, url)
  }
  await silent.close()
})
