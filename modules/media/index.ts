import type { Routes } from '#platform/http'
import type { Module } from '#platform/module'
import type { Storage } from '#platform/storage'
import type { Clock } from '#platform/values'
import { mediaChecks } from './checks.ts'
import { deleteFiles } from './delete-files/delete-files.ts'
import { deleteFilesJob } from './delete-files/job.ts'
import { deleteGallery } from './delete-gallery/delete-gallery.ts'
import { deleteGallerySubscription } from './delete-gallery/subscriber.ts'
import { deleteImage } from './delete-image/delete-image.ts'
import { deleteImageRoute } from './delete-image/route.ts'
import { deliverVariants } from './deliver-variants/deliver-variants.ts'
import { deliverVariantsRoute } from './deliver-variants/route.ts'
import { mediaEvents } from './events.ts'
import { failImage } from './fail-image/fail-image.ts'
import { failImageRoute } from './fail-image/route.ts'
import { viewImage } from './image-view.ts'
import { listImages } from './list-images/query.ts'
import { listImagesRoute } from './list-images/route.ts'
import { listPendingImages } from './list-pending-images/query.ts'
import { listPendingImagesRoute } from './list-pending-images/route.ts'
import { imagesMetric } from './metrics.ts'
import { orderImages } from './order-images/order-images.ts'
import { orderImagesRoute } from './order-images/route.ts'
import { enqueueProcessing, processImageJob } from './process-image/job.ts'
import { processImage } from './process-image/process-image.ts'
import { cloudinaryProcessor, type CloudinaryAccount } from './processors/cloudinary.ts'
import type { ImageProcessor, ReadHeader } from './processors/processor.ts'
import { retryImage } from './retry-image/retry-image.ts'
import { retryImageRoute } from './retry-image/route.ts'
import { saveVariants } from './save-variants/save-variants.ts'
import type { MediaDb, Owner } from './store.ts'
import { uploadImageRoute } from './upload-image/route.ts'
import { uploadImage } from './upload-image/upload-image.ts'

export type { ImageProcessor } from './processors/processor.ts'

/** The worker of the variants: this program, a program outside, or Cloudinary. */
export type ImageWorker =
  | Readonly<{ worker: 'builtin' | 'outside' }>
  | Readonly<{ worker: 'cloudinary'; account: CloudinaryAccount }>

type Needs = Readonly<{
  db: MediaDb
  now: Clock
  storage: Storage
  imageWorker: ImageWorker
  /** True for a product of the catalog, hidden ones included. */
  hasProduct: (id: string) => Promise<boolean>
  /** Serve the files of the storage. */
  pages?: readonly Routes[]
  /** It replaces the processor that `imageWorker` names. */
  processor?: ImageProcessor
}>

/** Images of products, and the variants that pages show. */
export function media({ pages = [], hasProduct, ...needs }: Needs): Module<undefined> {
  const { db, storage, imageWorker } = needs
  const hasOwner = ({ owner_id }: Owner) => hasProduct(owner_id)
  const view = viewImage(storage)
  const save = saveVariants(needs)
  const fail = failImage(needs)
  const processor = needs.processor ?? processorOf(needs)
  const job = processImageJob({
    processImage: processImage({ ...needs, processor, saveVariants: save, failImage: fail }),
  })
  const enqueue = imageWorker.worker === 'outside' ? async () => {} : enqueueProcessing(job)
  return {
    name: 'media',
    description: 'Images and their variants.',
    api: undefined,
    routes: [
      uploadImageRoute({
        uploadImage: uploadImage({ ...needs, hasOwner, readHeader, enqueueProcessing: enqueue }),
        viewImage: view,
      }),
      listImagesRoute({ listImages: listImages({ db, hasOwner }), viewImage: view }),
      orderImagesRoute({ orderImages: orderImages(needs), viewImage: view }),
      deleteImageRoute({ deleteImage: deleteImage(needs) }),
      retryImageRoute({ retryImage: retryImage({ db, enqueueProcessing: enqueue }), viewImage: view }),
      listPendingImagesRoute({ listPendingImages: listPendingImages(needs) }),
      deliverVariantsRoute({
        deliverVariants: deliverVariants({ ...needs, saveVariants: save }),
        viewImage: view,
      }),
      failImageRoute({ failImage: fail, viewImage: view }),
    ],
    pages,
    publishes: mediaEvents,
    subscriptions: [deleteGallerySubscription({ deleteGallery: deleteGallery(needs) })],
    // The job is there with an outside worker too: images that were enqueued before the setting changed are finished.
    jobs: [job, deleteFilesJob({ deleteFiles: deleteFiles(needs) })],
    checks: mediaChecks(db),
    metrics: [imagesMetric(db)],
  }
}

/** The library of images is loaded with the first one. */
const readHeader: ReadHeader = async (path) => await (await import('./processors/sharp.ts')).readHeader(path)
const makeVariants: ImageProcessor = async (work) => await (await import('./processors/sharp.ts')).sharpProcessor(work)

const processorOf = ({ imageWorker, now }: Pick<Needs, 'imageWorker' | 'now'>): ImageProcessor =>
  imageWorker.worker === 'cloudinary' ? cloudinaryProcessor({ account: imageWorker.account, now }) : makeVariants
