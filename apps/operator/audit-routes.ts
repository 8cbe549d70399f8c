import { Type } from 'typebox'
import { actorKinds, listActs } from '#platform/audit'
import type { Db } from '#platform/db'
import type { Http } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Id, Moment, named, Nullable, OneOf, Page, PageQuery, Text, Time } from '#platform/schema'
import { pageViewOf } from './view-of.ts'

const { page_size, limit, cursor } = PageQuery

/** By cursor only: a page by its number would count the acts of every service that are newer. */
const AuditFilter = Closed({
  page_size,
  limit,
  cursor,
  actor_user_id: Type.Optional(Id),
  actor_name: Type.Optional(Text(100, { minLength: 1, description: 'Of a program, or of the user of a terminal' })),
  action: Type.Optional(Text(200, { minLength: 1, description: 'Such as `PATCH /admin/promotions/{id}`' })),
  subject_type: Type.Optional(Text(100, { minLength: 1, description: 'Such as `promotions`' })),
  subject_id: Type.Optional(Text(200, { minLength: 1 })),
  from: Type.Optional({ ...Moment, description: 'The earliest moment' }),
  until: Type.Optional({ ...Moment, description: 'The moment before which the acts were' }),
})

const AuditRecordView = named(
  'AuditRecord',
  Type.Object({
    id: Id,
    at: Time,
    actor: OneOf(actorKinds, { description: 'A user, a program with a token of the host, or the command line' }),
    actor_user_id: Nullable(Id),
    actor_name: Nullable(Type.String()),
    action: Type.String({ description: 'The route, the command, or a name such as `role_changed`' }),
    subject_type: Nullable(
      Type.String({ description: 'The part of the path that names its kind, such as `promotions`' }),
    ),
    subject_id: Nullable(Type.String()),
    request_id: Nullable(
      Type.String({ description: 'The `X-Request-ID`, which the log lines of the request have too' }),
    ),
    details: Type.Object(
      {},
      { additionalProperties: true, description: 'What was sent, without texts: those may be secret or personal' },
    ),
  }),
)
export const AuditPage = Page(AuditRecordView)

/** The acts of staff, programs and operators. */
export const auditRoutes =
  ({ db, prefix }: Readonly<{ db: Db; prefix: string }>) =>
  (http: Http): void => {
    const schema = {
      tags: ['operator'],
      summary: 'List what staff, programs and operators did, newest first',
      description: 'A write is recorded in the transaction that it commits first; refused requests are not recorded.',
      querystring: AuditFilter,
      response: { 200: AuditPage },
    }
    const config = { access: { permission: 'audit.read' } } as const
    http.get(`${prefix}/audit`, { schema, config }, async ({ query }) => {
      const { page_size: _, limit: __, cursor: ___, from, until, ...filter } = query
      const between = { ...(from && { from: new Date(from) }), ...(until && { until: new Date(until) }) }
      return pageViewOf(await listActs(db, { ...filter, ...between, window: windowOf(query) }))
    })
  }
