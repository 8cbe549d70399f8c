import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { EnsureTopicBody, SupportTopic } from '../schema.ts'
import { topicViewOf } from '../views.ts'
import type { BindTopic, BindTopicOutcome } from './bind-topic.ts'

const answers = {
  'bound-elsewhere': answer(
    409,
    'The customer already has another thread, or this thread belongs to another customer.',
    'У покупателя уже другая тема или эта тема принадлежит другому покупателю.',
  ),
} satisfies Record<ReasonOf<BindTopicOutcome>, Answer>

const schema = {
  tags: ['support'],
  summary: 'Bind a customer to a thread: 201 for a new binding, 200 for an existing one',
  body: EnsureTopicBody,
  response: { 200: SupportTopic, 201: SupportTopic, ...problemsOf(answers) },
}

export const bindTopicRoute =
  ({ bindTopic }: Readonly<{ bindTopic: BindTopic }>): Routes =>
  (http) => {
    const config = { access: 'machine', repeat: 'The customer is already bound to the thread: 200.' } as const
    http.post('/internal/support-topics/ensure', { schema, config }, async ({ body }, reply) => {
      const outcome = await bindTopic(body)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(outcome.kind === 'bound' ? 201 : 200).send(topicViewOf(outcome.topic))
    })
  }
