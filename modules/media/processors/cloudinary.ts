import { createHash, randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Circuit } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import { seconds, type Clock } from '#platform/values'
import type { VariantSpec } from '../image.ts'
import type { ImageProcessor, MadeVariant } from './processor.ts'

/** An account at Cloudinary. */
export type CloudinaryAccount = Readonly<{ key: string; secret: string; cloud: string; apiUrl: string }>

type Needs = Readonly<{ account: CloudinaryAccount; now: Clock }>

const Uploaded = Compile(Type.Object({ secure_url: Type.String() }))

/** Makes the variants at Cloudinary: uploads a temporary copy, fetches its transformations, and deletes the copy. */
export function cloudinaryProcessor({ account, now }: Needs): ImageProcessor {
  const circuit = new Circuit('Cloudinary', { timeLimit: seconds(60) })
  const call = (url: string, request: RequestInit, signal: AbortSignal) =>
    circuit.run((end) => answered(fetch(url, { ...request, signal: end, redirect: 'error' })), signal)
  const post = (action: string, params: Readonly<Record<string, string>>, { signal, file }: PostOptions) => {
    const url = `${account.apiUrl}/v1_1/${account.cloud}/image/${action}`
    return call(
      url,
      { method: 'POST', body: signedForm(account, { ...params, timestamp: timestampAt(now()) }, file) },
      signal,
    )
  }
  return async ({ original, specs, signal }) => {
    const public_id = `posad-${randomUUID()}`
    const uploaded = await post('upload', { public_id }, { signal, file: original })
    // 400 is its answer to a file that is no image.
    if (!uploaded.ok) return { kind: 'refused', reason: 'damaged-image' }
    try {
      const { secure_url } = Uploaded.Parse(await uploaded.json())
      const variants: MadeVariant[] = []
      for (const spec of specs) {
        const response = await call(transformed(secure_url, spec), {}, signal)
        if (!response.ok) return { kind: 'refused', reason: 'damaged-image' }
        variants.push(await variantOf(spec, Buffer.from(await response.arrayBuffer())))
      }
      return { kind: 'processed', variants }
    } finally {
      // The copy has a random name; a failed deletion leaves it behind, and the variants are as good.
      await post('destroy', { public_id, invalidate: 'true' }, { signal }).catch(() => undefined)
    }
  }
}

type PostOptions = Readonly<{ signal: AbortSignal; file?: Buffer }>

/** `limit` fits inside and never enlarges; `pg_1` is the first frame. Metadata is dropped unless it is asked for. */
const transformed = (url: string, { size, quality }: VariantSpec): string =>
  url.replace('/upload/', `/upload/c_limit,w_${size},h_${size},q_${quality},f_webp,pg_1/`)

async function variantOf({ variant }: VariantSpec, body: Buffer): Promise<MadeVariant> {
  const { default: sharp } = await import('sharp')
  const { width, height } = await sharp(body).metadata()
  return { variant, width, height, body }
}

const timestampAt = (at: Date): string => String(Math.floor(at.getTime() / 1000))

/** Cloudinary signs the sorted parameters, without the file and the key. */
function signedForm({ key, secret }: CloudinaryAccount, params: Readonly<Record<string, string>>, file?: Buffer) {
  const text = Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join('&')
  const form = new FormData()
  for (const [name, value] of Object.entries(params)) form.set(name, value)
  form.set('api_key', key)
  form.set(
    'signature',
    createHash('sha256')
      .update(text + secret)
      .digest('hex'),
  )
  if (file) form.set('file', new Blob([new Uint8Array(file)]))
  return form
}

async function answered(answer: Promise<Response>): Promise<Response> {
  const response = await answer.catch((error: unknown) => {
    throw new Unavailable('Cloudinary', { cause: error })
  })
  if (response.status < 500 && ![401, 403, 420, 429].includes(response.status)) return response
  // A wrong key or an exhausted quota is a fault of the account: the image waits until it is mended.
  throw new Unavailable('Cloudinary', { cause: new Error(`it answered ${response.status}`) })
}
