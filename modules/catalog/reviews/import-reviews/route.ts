import { Type } from 'typebox'
import { answer, problemsOf, refuse, withUpload, type Routes } from '#platform/http'
import { NoBody } from '#platform/schema'
import { contentOf } from '#platform/storage'
import { UnreadableFile } from '../../csv-lines.ts'
import { ImportSummary } from '../schema.ts'
import type { ImportReviews } from './import-reviews.ts'

const answers = {
  'unreadable-file': {
    ...answer(400, 'The file is not a CSV file of reviews.', 'Файл не читается как CSV с отзывами.'),
    members: { problem: Type.String() },
  },
}

const schema = {
  tags: ['catalog admin'],
  summary:
    'Import reviews of other platforms from a CSV file: platform, rating, reviewed_at, and product (slug), external_id, author, text, url',
  body: NoBody,
  response: { 200: ImportSummary, ...problemsOf(answers) },
}

const maxBytes = 20 * 1024 * 1024

export const importReviewsRoute =
  ({ importReviews }: Readonly<{ importReviews: ImportReviews }>): Routes =>
  (http) => {
    const config = {
      access: { permission: 'catalog.write' },
      upload: maxBytes,
      repeat: 'A second import of the same file changes nothing.',
    }
    http.post('/admin/reviews/import', { schema, config }, async (request, reply) => {
      try {
        return await withUpload(request, ({ path }) => importReviews(contentOf(path)))
      } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error
        const refusal = { kind: 'refused', reason: 'unreadable-file', problem: error.texts[request.locale] } as const
        return refuse(reply, refusal, answers)
      }
    })
  }
