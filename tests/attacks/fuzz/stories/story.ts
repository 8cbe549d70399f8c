import { Type, type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { Id } from '#platform/schema'
import type { openLoopbackIssuer } from '#platform/testing'
import type { Shop } from '../../../e2e/open-shop.ts'
import type { Step } from '../step.ts'

/** The operations of one user journey, in order. */
export type Story = (needs: Readonly<{ step: Step; shop: Shop; telegram: Telegram }>) => Promise<void>

/** The OpenID provider of Telegram in this test. */
export type Telegram = Awaited<ReturnType<typeof openLoopbackIssuer>>

export const api = '/api/v1'

/** Reads the body of a step with the type of `schema`. Throws when the body does not fit. */
export function read<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  Value.Assert(schema, body)
  return body
}

const WithId = Type.Object({ id: Id })

/** The id of the thing that a step created. */
export const idOf = (body: unknown): string => read(WithId, body).id
