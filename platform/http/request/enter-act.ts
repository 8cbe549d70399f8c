import type { HookHandlerDoneFunction, onSendAsyncHookHandler, RouteOptions } from 'fastify'
import type { Caller } from '#platform/access'
import { auditedValue, createActStep, type Act, type Actor } from '#platform/audit'
import { withFinalStep, type Db } from '#platform/db'
import type { AnyReply, AnyRequest } from '../routes.ts'

const reads = new Set(['GET', 'HEAD', 'OPTIONS'])

/** True for a write that only staff and programs may do. */
export function isAudited({ method, config }: RouteOptions): boolean {
  const { access, audit = true } = config ?? {}
  const isForStaff = typeof access === 'object' && 'permission' in access
  return isForStaff && audit && [method].flat().some((one) => !reads.has(one))
}

/** Runs the rest of the request so that its first transaction records what the caller does. */
export const enterAct = ({ url, schema }: RouteOptions) => {
  const path = url.replace('/api/v1', '').replaceAll(/:(\w+)/g, '{$1}')
  const body = schema?.body
  return (request: AnyRequest, _reply: AnyReply, done: HookHandlerDoneFunction): void => {
    const step = createActStep(() => actOf(request, { path, body }))
    request.act = step
    withFinalStep(step, done)
  }
}

/** Records the act of a write of a single statement, before its answer is sent. */
export const recordAlone = (db: Db): onSendAsyncHookHandler =>
  async function (request: AnyRequest, reply: AnyReply, payload: unknown) {
    const { act } = request
    if (act && !act.isDone && reply.statusCode < 400) await act.record(db)
    return payload
  }

/** `path` is the pattern of the route as the documents have it, `body` the schema of its body. */
function actOf(request: AnyRequest, { path, body }: Readonly<{ path: string; body: unknown }>): Act {
  const params = Object.entries(request.params as Readonly<Record<string, unknown>>)
  const [first, ...others] = params
  const { createdId } = request
  const sent = (request.body ?? {}) as Readonly<{ id?: unknown }>
  const id = textOf(first?.[1]) ?? createdId ?? textOf(sent.id)
  return {
    actor: actorOf(request.caller),
    action: `${request.method} ${path}`,
    subject_type: kindOf(path, first?.[0]),
    subject_id: id,
    request_id: request.id,
    details: {
      ...Object.fromEntries(others),
      ...(first && createdId !== undefined && createdId !== id && { created_id: createdId }),
      ...(auditedValue(body, sent) as object),
    },
  }
}

/** The part before a parameter, or the last one: `products` of `/admin/products/{id}/variants`. */
function kindOf(path: string, parameter: string | undefined): string | undefined {
  const parts = path.split('/')
  return parts[(parameter === undefined ? parts.length : parts.indexOf(`{${parameter}}`)) - 1]
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

function actorOf(caller: Caller): Actor {
  if (caller.kind === 'user') return { kind: 'user', user_id: caller.user_id }
  return { kind: 'program', name: caller.kind === 'machine' ? caller.name : caller.kind }
}
