import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import type { ViewImage } from '../image-view.ts'
import { AdminImage } from '../schema.ts'
import type { RetryImage, RetryImageOutcome } from './retry-image.ts'

const answers = {
  'not-failed': answer(409, 'The image already has its variants.', 'Изображение уже обработано.'),
} satisfies Record<ReasonOf<RetryImageOutcome>, Answer>

const schema = {
  tags: ['media'],
  summary: 'Try a failed image again',
  params: IdParams,
  body: NoBody,
  response: { 202: AdminImage, ...problemsOf(answers) },
}

export const retryImageRoute =
  ({ retryImage, viewImage }: Readonly<{ retryImage: RetryImage; viewImage: ViewImage }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' }, repeat: 'The image is already waiting for its worker.' }
    http.post('/admin/images/:id/retry', { schema, config }, async ({ params }, reply) => {
      const outcome = await retryImage(params.id)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(202).send(viewImage(outcome.image))
    })
  }
