import type { Db } from '#platform/db'
import { refuse, type Http } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { listSagas, showSaga } from '#platform/saga'
import { SagaFilter, SagaPage, SagaParams, SagaView } from './schema.ts'
import { pageViewOf, viewOf } from './view-of.ts'

const config = { access: { permission: 'outbox.read' } } as const

/** The operator's view of the sagas: those that wait, and the history of one. */
export const sagaRoutes =
  ({ db, prefix }: Readonly<{ db: Db; prefix: string }>) =>
  (http: Http): void => {
    const list = {
      tags: ['operator'],
      summary: 'List the sagas that have not ended, by type and key; with a status, also ended ones',
      querystring: SagaFilter,
      response: { 200: SagaPage },
    }
    http.get(`${prefix}/sagas`, { schema: list, config }, async ({ query }) => {
      const { type, state, needs_operator } = query
      const status = needs_operator ? 'needs_operator' : query.status
      return pageViewOf(await listSagas(db, { type, state, status, window: windowOf(query) }))
    })
    const show = {
      tags: ['operator'],
      summary: 'Show a saga with its history',
      params: SagaParams,
      response: { 200: SagaView },
    }
    http.get(`${prefix}/sagas/:type/:key`, { schema: show, config }, async ({ params }, reply) => {
      const saga = await showSaga(db, params)
      if ('kind' in saga) return refuse(reply, saga)
      return {
        ...viewOf(saga),
        history: saga.history.map(({ effects, ...entry }) => ({ ...viewOf(entry), effects: [...effects] })),
      }
    })
  }
