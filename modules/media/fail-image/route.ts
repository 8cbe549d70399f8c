import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { ViewImage } from '../image-view.ts'
import type { FailImage, FailOutcome } from '../image-work.ts'
import { AdminImage, ReportFailureBody } from '../schema.ts'

const answers = {
  'not-pending': answer(409, 'The image is not waiting for a worker.', 'Изображение не ждёт обработки.'),
} satisfies Record<ReasonOf<FailOutcome>, Answer>

const schema = {
  tags: ['media'],
  summary: 'Report that the variants of an image cannot be made',
  params: IdParams,
  body: ReportFailureBody,
  response: { 200: AdminImage, ...problemsOf(answers) },
}

export const failImageRoute =
  ({ failImage, viewImage }: Readonly<{ failImage: FailImage; viewImage: ViewImage }>): Routes =>
  (http) => {
    const config = { access: 'machine', repeat: 'The image has failed already, and the answer is the same.' } as const
    http.post('/internal/images/:id/failure', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await failImage({ image_id: params.id, ...body })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return viewImage(outcome.image)
    })
  }
