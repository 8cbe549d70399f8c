import type { Caller } from '#platform/access'
import type { Db } from '#platform/db'
import {
  listMessages,
  listOperations,
  outboxStatus,
  replayMessage,
  retryAll,
  retryMessage,
  skipMessage,
  unknownTypes,
  type Done,
  type OperatorOutcome,
  type ReplayOutcome,
} from '#platform/events'
import { answer, notFoundAnswer, problemsOf, refuse, storeResponseAs, type Answer, type Http } from '#platform/http'
import { isRefusal, windowOf, type ReasonOf } from '#platform/outcome'
import { Closed, PageQuery } from '#platform/schema'
import {
  DecisionView,
  GroupParams,
  MessageFilter,
  MessageParams,
  OperationPage,
  OutboxView,
  ParkedMessagePage,
  ReasonBody,
  RetriedView,
  RetryGroupBody,
} from './schema.ts'
import { pageViewOf, viewOf } from './view-of.ts'

type Needs = Readonly<{ db: Db; prefix: string }>

const tags = ['operator']
const reads = { access: { permission: 'outbox.read' } } as const
const writes = { access: { permission: 'outbox.write' }, idempotent: true } as const

const retryAnswers = {
  'not-parked': answer(
    409,
    'The group has not set this message aside: it was handled or skipped, or it waits in the log.',
    'Группа не откладывала это сообщение: оно обработано, пропущено или ждёт в журнале.',
  ),
  'behind-another': answer(
    409,
    'The message waits behind another one with the same key. Decide about that one first.',
    'Сообщение ждёт другого с тем же ключом: сначала решите, что делать с ним.',
  ),
} satisfies Record<ReasonOf<OperatorOutcome>, Answer>

const replayAnswers = {
  'not-handled': answer(
    409,
    'The group has not handled this event yet, so there is nothing to repeat.',
    'Группа ещё не обработала это событие: повторять нечего.',
  ),
  parked: answer(
    409,
    'A message with this key is set aside. Retry or skip it first.',
    'Сообщение с этим ключом отложено. Сначала повторите или пропустите его.',
  ),
  'not-subscribed': answer(
    409,
    'The group handles no events of this type.',
    'Группа не обрабатывает события этого типа.',
  ),
  ...notFoundAnswer,
} satisfies Record<ReasonOf<ReplayOutcome> | 'not-found', Answer>

/** The operator, for the record. */
const whoIs = (caller: Caller): string =>
  caller.kind === 'user' ? `user ${caller.user_id}` : caller.kind === 'machine' ? caller.name : caller.kind

const present = (done: Done): Done => done

/** The operator's view of the events: the same functions as `posad outbox`. */
export const outboxRoutes =
  ({ db, prefix }: Needs) =>
  (http: Http): void => {
    addReads(http, { db, prefix })
    addMessageDecisions(http, { db, prefix })
    const schema = {
      tags,
      summary: 'Retry the dead messages of a group, of one type or of all types',
      params: GroupParams,
      body: RetryGroupBody,
      response: { 200: RetriedView },
    }
    http.post(`${prefix}/outbox/groups/:group/retry`, { schema, config: writes }, async (request, reply) => {
      const { params, body, caller } = request
      const input = { group: params.group, ...body, who: whoIs(caller) }
      return await retryAll(
        db,
        input,
        storeResponseAs(reply, 200, (retried) => retried),
      )
    })
  }

function addReads(http: Http, { db, prefix }: Needs): void {
  const status = {
    tags,
    summary: 'Show the lag and the set-aside messages of every consumer group',
    response: { 200: OutboxView },
  }
  http.get(`${prefix}/outbox`, { schema: status, config: reads }, async () => {
    const [groups, unknown] = await Promise.all([outboxStatus(db), unknownTypes(db)])
    return { groups: groups.map(viewOf), unknown_types: unknown.map(viewOf) }
  })
  const messages = {
    tags,
    summary: 'List messages that are set aside, oldest failures first',
    querystring: MessageFilter,
    response: { 200: ParkedMessagePage },
  }
  http.get(`${prefix}/outbox/messages`, { schema: messages, config: reads }, async ({ query }) => {
    const { group, type, state } = query
    return pageViewOf(await listMessages(db, { group, type, state, window: windowOf(query) }))
  })
  const operations = {
    tags,
    summary: 'List the decisions of operators, newest first',
    querystring: Closed(PageQuery),
    response: { 200: OperationPage },
  }
  http.get(`${prefix}/outbox/operations`, { schema: operations, config: reads }, async ({ query }) =>
    pageViewOf(await listOperations(db, windowOf(query))),
  )
}

function addMessageDecisions(http: Http, { db, prefix }: Needs): void {
  const path = `${prefix}/outbox/groups/:group/messages/:id`
  const about = { tags, params: MessageParams, body: ReasonBody }
  const parked = { 200: DecisionView, ...problemsOf(retryAnswers) }
  const retry = { ...about, summary: 'Retry a message at once; its attempts are counted from zero', response: parked }
  http.post(`${path}/retry`, { schema: retry, config: writes }, async ({ params, body, caller }, reply) => {
    const input = { group: params.group, event_id: params.id, who: whoIs(caller), reason: body.reason }
    const outcome = await retryMessage(db, input, storeResponseAs(reply, 200, present))
    return isRefusal(outcome) ? refuse(reply, outcome, retryAnswers) : outcome
  })
  const skip = { ...about, summary: 'Skip a message, so that the group never handles it', response: parked }
  http.post(`${path}/skip`, { schema: skip, config: writes }, async ({ params, body, caller }, reply) => {
    const input = { group: params.group, event_id: params.id, who: whoIs(caller), reason: body.reason }
    const outcome = await skipMessage(db, input, storeResponseAs(reply, 200, present))
    return isRefusal(outcome) ? refuse(reply, outcome, retryAnswers) : outcome
  })
  const replay = {
    ...about,
    summary: 'Let a group handle an event once more that it has handled or skipped',
    description: 'Its effects happen again. The log keeps events for at least seven days.',
    response: { 200: DecisionView, ...problemsOf(replayAnswers) },
  }
  http.post(`${path}/replay`, { schema: replay, config: writes }, async ({ params, body, caller }, reply) => {
    const input = { group: params.group, event_id: params.id, who: whoIs(caller), reason: body.reason }
    const outcome = await replayMessage(db, input, storeResponseAs(reply, 200, present))
    return isRefusal(outcome) ? refuse(reply, outcome, replayAnswers) : outcome
  })
}
