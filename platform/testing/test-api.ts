import { AssertionError } from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { Caller } from '#platform/access'
import type { ServerNeeds } from '#platform/http'
import type { Module } from '#platform/module'
import { bearer } from './people.ts'
import { testServer } from './test-server.ts'

/** A response as tests read it. `body` is the parsed JSON, or undefined for any other content. */
export type TestResponse = Readonly<{
  /** `POST /orders`, and the JSON that was sent. */
  request: string
  sent?: object
  status: number
  headers: Readonly<Record<string, string | undefined>>
  text: string
  body: unknown
}>

type Options = Readonly<{ body?: object; headers?: Readonly<Record<string, string>> }>

/** The HTTP API of the modules under test. */
export type TestApi = Readonly<{
  http: FastifyInstance
  /** Sends `POST /orders` below `/api/v1` as `caller`, in English unless `headers` choose another language. */
  send: (caller: Caller, request: `${string} /${string}`, options?: Options) => Promise<TestResponse>
  close: () => Promise<void>
}>

/** Opens the real HTTP server over `modules`, on the database that the test opened last. */
export async function openTestApi(
  modules: readonly Module[],
  needs: Partial<Omit<ServerNeeds, 'modules'>> = {},
): Promise<TestApi> {
  const http = await testServer(modules, needs)
  const send: TestApi['send'] = async (caller, request, { body, headers } = {}) => {
    const [method, path, ...rest] = request.split(' ') as ['GET', string]
    if (rest.length > 0) throw new Error(`Encode the spaces of the path: ${request}`)
    const authorization = caller.kind === 'guest' ? {} : { authorization: bearer(caller) }
    const response = await http.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...authorization, 'accept-language': 'en', ...headers },
      ...(body && { payload: body }),
    })
    return { ...responseOf(request, response), ...(body && { sent: body }) }
  }
  return { http, send, close: async () => await http.close() }
}

type Injected = Readonly<{ statusCode: number; headers: object; body: string }>

/** Turns a response of `inject` into the form that the assertions below take. */
export function responseOf(request: string, { statusCode, headers, body }: Injected): TestResponse {
  return {
    request,
    status: statusCode,
    headers: headers as TestResponse['headers'],
    text: body,
    body: parseJson(body),
  }
}

function parseJson(text: string): unknown {
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const validators = new WeakMap<TSchema, Validator>()

function validatorOf(schema: TSchema): Validator {
  const validator = validators.get(schema) ?? Compile(schema)
  validators.set(schema, validator)
  return validator
}

/** Asserts the status, and that the body fits `schema`; returns the body with the type of the schema. */
export function expectResponse(response: TestResponse, status: number): unknown
export function expectResponse<Schema extends TSchema>(
  response: TestResponse,
  status: number,
  schema: Schema,
): Static<Schema>
export function expectResponse(response: TestResponse, status: number, schema?: TSchema): unknown {
  if (response.status !== status) fail(response, [`expected ${status}`], expectResponse)
  if (schema && !validatorOf(schema).Check(response.body)) {
    const errors = validatorOf(schema).Errors(response.body)
    const lines = errors.map(({ instancePath, message }) => `the body does not fit: ${instancePath || '/'} ${message}`)
    fail(response, lines.slice(0, 5), expectResponse)
  }
  return response.body
}

/** A problem document with the members of its code. */
export type TestProblem = Readonly<{ status: number; code: string; detail: string }> & Readonly<Record<string, unknown>>

/** Asserts that the response is a problem document with this status and code, and returns the document. */
export function expectProblem(response: TestResponse, status: number, code: string): TestProblem {
  const problem = response.body as TestProblem | undefined
  if (response.status !== status || problem?.code !== code)
    fail(response, [`expected ${status} ${code}`], expectProblem)
  return problem
}

type Assertion = NonNullable<ConstructorParameters<typeof AssertionError>[0]>['stackStartFn']

/** Fails at the line of the test that called `assertion`, and prints the request and the response. */
function fail(
  { request, sent, status, text, body }: TestResponse,
  lines: readonly string[],
  assertion: Assertion,
): never {
  const answer = body === undefined ? text : JSON.stringify(body, null, 2)
  const message = [
    `${request} was answered ${status}`,
    ...lines,
    ...(sent ? [`sent ${JSON.stringify(sent)}`] : []),
    `received ${answer.slice(0, 2000) || 'an empty body'}`,
  ].join('\n')
  throw new AssertionError({ message, stackStartFn: assertion })
}
