import { notFoundAnswer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { SupportTopic, TelegramParams, ThreadQuery } from '../schema.ts'
import { topicViewOf } from '../views.ts'
import type { FindTopic } from './query.ts'

const tags = ['support']
const config = { access: 'machine' } as const

export const findTopicRoutes =
  ({ findTopic }: Readonly<{ findTopic: FindTopic }>): Routes =>
  (http) => {
    const ofCustomer = {
      tags,
      summary: 'Find the thread of a customer',
      params: TelegramParams,
      response: { 200: SupportTopic },
    }
    http.get(
      '/internal/support-topics/by-telegram/:user_telegram_id',
      { schema: ofCustomer, config },
      async ({ params }, reply) => {
        const outcome = await findTopic(params)
        if (isRefusal(outcome)) return refuse(reply, outcome)
        return topicViewOf(outcome.topic)
      },
    )
    const ofThread = {
      tags,
      summary: 'Find the customer of a thread',
      querystring: ThreadQuery,
      response: { 200: SupportTopic, ...problemsOf(notFoundAnswer) },
    }
    http.get('/internal/support-topics/by-thread', { schema: ofThread, config }, async ({ query }, reply) => {
      const outcome = await findTopic(query)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return topicViewOf(outcome.topic)
    })
  }
