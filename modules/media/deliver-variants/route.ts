import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { ViewImage } from '../image-view.ts'
import { AdminImage, DeliverVariantsBody, VariantName } from '../schema.ts'
import type { DeliverVariants, DeliverVariantsOutcome } from './deliver-variants.ts'

const answers = {
  'wrong-variant': {
    ...answer(
      400,
      'A variant does not fit the image or its file. `issue` names the difference.',
      'Вариант не подходит к изображению или к файлу. Что не так, сказано в `issue`.',
    ),
    members: { variant: VariantName, issue: Type.String() },
  },
  'variant-delivered': answer(
    409,
    'Another file was delivered as this variant.',
    'В качестве этого варианта уже доставлен другой файл.',
  ),
  'not-pending': answer(409, 'The image is not waiting for a worker.', 'Изображение не ждёт обработки.'),
} satisfies Record<ReasonOf<DeliverVariantsOutcome>, Answer>

const schema = {
  tags: ['media'],
  summary: 'Deliver the variants of an image; their files are in the storage',
  params: IdParams,
  body: DeliverVariantsBody,
  response: { 200: AdminImage, ...problemsOf(answers) },
}

type Needs = Readonly<{ deliverVariants: DeliverVariants; viewImage: ViewImage }>

export const deliverVariantsRoute =
  ({ deliverVariants, viewImage }: Needs): Routes =>
  (http) => {
    const config = { access: 'machine', repeat: 'A variant that was delivered before changes nothing.' } as const
    http.post('/internal/images/:id/variants', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await deliverVariants(params.id, body)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return viewImage(outcome.image)
    })
  }
