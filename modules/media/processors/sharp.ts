import sharp from 'sharp'
import { maxPixels } from '../schema.ts'
import type { ImageHeader, VariantSpec } from '../image.ts'
import type { ImageProcessor, MadeVariant, ReadHeader } from './processor.ts'

// Every other loader is off: no SVG is rendered, no PDF is opened, and no file names another one.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadHeif',
  ],
})
// One image at a time and one thread for it: the shop shares the machine. Nothing is read twice.
sharp.concurrency(1)
sharp.cache(false)

/** Seconds for one variant; libvips then gives up. */
const timeLimit = 20

/** `pages: 1` takes the first frame of an animation. A damaged file fails instead of showing gray. */
const options = { limitInputPixels: maxPixels, failOn: 'error', pages: 1, sequentialRead: true } as const

/** Reads the header of an image by its content. */
export const readHeader: ReadHeader = async (path): Promise<ImageHeader | undefined> => {
  try {
    // The caller compares the pixels itself, so that it can say which limit was exceeded.
    const found = await sharp(path, { ...options, limitInputPixels: false }).metadata()
    const { width, height, compression } = found
    // HEIC of telephones has the container of AVIF with another compression, which the library cannot decode.
    const format = found.format === 'heif' && compression === 'av1' ? 'avif' : found.format
    return { format, width, height }
  } catch {
    return undefined
  }
}

/** Makes the variants in this process. Orientation is applied, colors become sRGB, and all metadata is dropped. */
export const sharpProcessor: ImageProcessor = async ({ original, specs, signal }) => {
  const variants: MadeVariant[] = []
  for (const spec of specs) {
    signal.throwIfAborted()
    try {
      variants.push(await makeVariant(original, spec))
    } catch (error) {
      return { kind: 'refused', reason: reasonOf(error) }
    }
  }
  return { kind: 'processed', variants }
}

async function makeVariant(original: Buffer, { variant, size, quality }: VariantSpec): Promise<MadeVariant> {
  const { data: body, info } = await sharp(original, options)
    .timeout({ seconds: timeLimit })
    .autoOrient()
    .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
    .webp({ quality })
    .toBuffer({ resolveWithObject: true })
  return { variant, width: info.width, height: info.height, body }
}

/** libvips says in words what is wrong. */
function reasonOf(error: unknown): 'damaged-image' | 'too-many-pixels' | 'too-slow' | 'unsupported-image' {
  const text = String((error as Error | undefined)?.message)
  if (text.includes('pixel limit')) return 'too-many-pixels'
  if (text.includes('timeout')) return 'too-slow'
  return text.includes('unsupported image format') ? 'unsupported-image' : 'damaged-image'
}
