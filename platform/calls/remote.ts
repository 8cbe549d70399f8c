import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { Unavailable } from '#platform/outcome'
import { activeContext } from '#platform/telemetry'
import { seconds } from '#platform/values'
import type { Upstream, UpstreamRequest, UpstreamResponse } from '#platform/upstream'
import type { Call, InputOf, OutputOf } from './define-call.ts'

/** The functions of modules in another process. */
export type Remote = Readonly<{
  /**
   * Calls a function. Throws `Unavailable` when there is no answer, after a second attempt where the call may be repeated:
   * the other process may then have carried it out, once or twice.
   */
  call: <One extends Call>(call: One, input: InputOf<One>) => Promise<OutputOf<One>>
}>

type Needs = Readonly<{
  upstream: Pick<Upstream, 'service' | 'request'>
  /** The token that identifies this process to a service. */
  tokenFor: (service: string) => string
}>

const usualTimeLimit = seconds(5)

/** Calls functions of the service behind `upstream`, as `answerCall` mounts them there. */
export function openRemote({ upstream, tokenFor }: Needs): Remote {
  const { service } = upstream
  return {
    call: async (call, input) => {
      const response = await send(upstream, call, { token: tokenFor(service), body: JSON.stringify(input) })
      if (response.status !== 200) throw await failureOf(response, { service, call })
      const output: unknown = JSON.parse(await textOf(response, service))
      // The check is what the type says; tsc cannot follow the type of a schema that it does not know.
      if (validatorOf(call.output).Check(output)) return output as OutputOf<typeof call>
      throw new Error(`The ${service} service answered ${call.path} with a body that does not fit its schema`)
    },
  }
}

type Sent = Readonly<{ token: string; body: string }>

async function send(upstream: Needs['upstream'], call: Call, { token, body }: Sent): Promise<UpstreamResponse> {
  const { path, timeLimit = usualTimeLimit, repeat } = call
  const context = activeContext()
  const request: UpstreamRequest = {
    method: 'POST',
    path: `/api/v1/internal/${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(context?.request_id && { 'x-request-id': context.request_id }),
    },
    body,
    timeLimit,
    ...(repeat !== undefined && { repeat: 'after-loss-or-timeout' }),
  }
  return await upstream.request(request)
}

async function textOf({ body }: UpstreamResponse, service: string): Promise<string> {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of body) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString('utf8')
  } catch (cause) {
    // The status has arrived and its body has not: the call was carried out.
    throw new Unavailable(`The ${service} service`, { cause })
  }
}

type About = Readonly<{ service: string; call: Call }>

/** A status that a moment may change, such as a refused token during a rolling upgrade, counts as an outage. */
async function failureOf(response: UpstreamResponse, { service, call }: About): Promise<Error> {
  const { status } = response
  const text = await textOf(response, service).catch(() => '')
  const cause = new Error(`${call.path} was answered ${status}: ${text.slice(0, 500)}`)
  const isPassing = status === 401 || status === 403 || status === 404 || status === 429 || status > 500
  return isPassing ? new Unavailable(`The ${service} service`, { cause }) : cause
}

const validators = new WeakMap<TSchema, Validator>()

function validatorOf<Schema extends TSchema>(schema: Schema): Validator<{}, Schema> {
  const validator = validators.get(schema) ?? (Compile(schema) as Validator)
  validators.set(schema, validator)
  return validator as Validator<{}, Schema>
}
