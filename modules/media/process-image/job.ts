import { Type } from 'typebox'
import { enqueue, type Job } from '#platform/jobs'
import { Id } from '#platform/schema'
import { minutes } from '#platform/values'
import type { EnqueueProcessing } from '../image-work.ts'
import type { ProcessImage } from './process-image.ts'

const payload = Type.Object({ image_id: Id, generation: Type.Integer() }, { additionalProperties: false })

/** Makes the variants of one image. Outages of the storage are tried again for three days. */
export const processImageJob = ({ processImage }: Readonly<{ processImage: ProcessImage }>): Job<typeof payload> => ({
  name: 'media.process-image',
  payload,
  timeLimit: minutes(2),
  work: processImage,
})

/** Enqueues the job in the transaction that saves the image. */
export const enqueueProcessing =
  (job: Job<typeof payload>): EnqueueProcessing =>
  (tx, { id, generation }) =>
    enqueue(tx, job, { payload: { image_id: id, generation }, key: `media.process-image:${id}` })
