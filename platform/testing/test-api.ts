import assert from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Caller, ServerNeeds } from '#platform/http'
import type { Module } from '#platform/module'
import { bearer } from './people.ts'
import { testServer } from './test-server.ts'

/** A response as tests read it. `body` is parsed JSON, or undefined where the response has none. */
export type TestResponse = Readonly<{
  request: string
  status: number
  headers: Readonly<Record<string, string | undefined>>
  text: string
  body: unknown
}>

type Options = Readonly<{ body?: object; headers?: Readonly<Record<string, string>> }>

/** The HTTP API of the modules under test. */
export type TestApi = Readonly<{
  http: FastifyInstance
  /** Sends `POST /orders` below `/api/v1` as `caller`, in English unless `headers` say otherwise. */
  send: (caller: Caller, request: `${string} /${string}`, options?: Options) => Promise<TestResponse>
  close: () => Promise<void>
}>

/** Opens the real HTTP server over `modules` on the database that the test opened last. */
export async function openTestApi(
  modules: readonly Module[],
  needs: Partial<Omit<ServerNeeds, 'modules'>> = {},
): Promise<TestApi> {
  const http = await testServer(modules, needs)
  const send: TestApi['send'] = async (caller, request, { body, headers } = {}) => {
    const [method, path] = request.split(' ', 2) as ['GET', string]
    const authorization = caller.kind === 'guest' ? {} : { authorization: bearer(caller) }
    const response = await http.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...authorization, 'accept-language': 'en', ...headers },
      ...(body && { payload: body }),
    })
    return responseOf(request, response)
  }
  return { http, send, close: async () => await http.close() }
}

type Injected = Readonly<{ statusCode: number; headers: object; body: string }>

/** Makes what `inject` returns readable for the assertions below. */
export function responseOf(request: string, { statusCode, headers, body }: Injected): TestResponse {
  return {
    request,
    status: statusCode,
    headers: headers as TestResponse['headers'],
    text: body,
    body: isJson(body) ? (JSON.parse(body) as unknown) : undefined,
  }
}

const isJson = (text: string) => text.startsWith('{') || text.startsWith('[')

/** Asserts the status, and that the body fits `schema`; returns the body with the type of the schema. */
export function expectResponse(response: TestResponse, status: number): unknown
export function expectResponse<Schema extends TSchema>(
  response: TestResponse,
  status: number,
  schema: Schema,
): Static<Schema>
export function expectResponse(response: TestResponse, status: number, schema?: TSchema): unknown {
  if (response.status !== status) assert.fail(`expected ${status}\n${shown(response)}`)
  if (schema) {
    const [error] = Compile(schema).Errors(response.body)
    if (error) assert.fail(`${error.instancePath || '/'} ${error.message}\n${shown(response)}`)
  }
  return response.body
}

/** A problem document with the members of its code. */
export type TestProblem = Readonly<{ status: number; code: string; detail: string }> & Readonly<Record<string, unknown>>

/** Asserts a problem document with this status and code, and returns it. */
export function expectProblem(response: TestResponse, status: number, code: string): TestProblem {
  const problem = response.body as TestProblem | undefined
  if (response.status !== status || problem?.code !== code)
    assert.fail(`expected ${status} ${code}\n${shown(response)}`)
  return problem
}

const shown = ({ request, status, text }: TestResponse) => `${request} was answered ${status}\n${text.slice(0, 2000)}`
