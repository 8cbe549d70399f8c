import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import sharp from 'sharp'
import { openPool } from '#platform/db'
import { installJobs, runJobs } from '#platform/jobs'
import { openStorage, type Storage } from '#platform/storage'
import { quietLog } from '#platform/telemetry'
import {
  assertNoViolations,
  bearer,
  expectResponse,
  olga,
  openTestApi,
  responseOf,
  runJob,
  testDatabase,
  type TestResponse,
} from '#platform/testing'
import type { Caller } from '#platform/access'
import { newId, systemClock, type Clock } from '#platform/values'
import { media, type ImageProcessor, type ImageWorker } from './index.ts'
import { AdminImage } from './schema.ts'

type Options = Readonly<{
  imageWorker?: ImageWorker
  processor?: ImageProcessor
  now?: Clock
  /** Replaces functions of the storage. */
  storage?: Partial<Storage>
}>

/** An image of one color with a size of its own. */
export const drawImage = ({
  width = 1600,
  height = 1200,
  format = 'jpeg',
}: Partial<{
  width: number
  height: number
  format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff'
}> = {}): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#7a9b5c' } })
    .withMetadata({ exif: { IFD0: { Copyright: 'Posad' } } })
    .toFormat(format)
    .toBuffer()

/** A `multipart/form-data` body with one file in `field`. */
export function multipart(bytes: Buffer, { field = 'file', name = 'tea.jpg' } = {}) {
  const boundary = 'posad-test-boundary'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: image/jpeg\r\n\r\n`
  return {
    payload: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  }
}

/** Opens media over a database and a folder of its own, with its HTTP API on a free port. */
export async function openMediaTest({
  imageWorker = { worker: 'builtin' },
  processor,
  now = systemClock,
  storage: changed = {},
}: Options = {}) {
  const database = await testDatabase()
  const { db } = database
  await installJobs(database.pool)
  const directory = await mkdtemp(join(tmpdir(), 'posad-media-'))
  const products = new Set<string>()
  let address = ''
  const settings = {
    place: { kind: 'local' },
    publicBaseUrl: undefined,
    linkSecret: undefined,
    rates: { files: { count: 1, seconds: 1, burst: 1 } },
  } as const
  const files = openStorage({ settings, directory, now, origin: () => address })
  const storage = { ...files.storage, ...changed }
  const module = media({
    db,
    now,
    storage,
    imageWorker,
    pages: files.pages,
    hasProduct: async (id) => products.has(id),
    ...(processor && { processor }),
  })
  const api = await openTestApi([module])
  address = await api.http.listen({ host: '127.0.0.1', port: 0 })

  const send = async (
    as: Caller,
    product_id: string,
    body: { payload: Buffer; headers: Record<string, string> },
  ): Promise<TestResponse> => {
    const url = `/api/v1/admin/products/${product_id}/images`
    const authorization = as.kind === 'guest' ? {} : { authorization: bearer(as) }
    const headers = { 'accept-language': 'en', ...authorization, ...body.headers }
    return responseOf(`POST ${url}`, await api.http.inject({ method: 'POST', url, headers, payload: body.payload }))
  }
  return {
    ...database,
    module,
    api,
    storage,
    directory,
    address: () => address,
    newProduct: () => {
      const id = newId()
      products.add(id)
      return id
    },
    /** Sends a file as the staff do it. */
    send,
    upload: async (product_id: string, bytes?: Buffer) =>
      expectResponse(await send(olga, product_id, multipart(bytes ?? (await drawImage()))), 202, AdminImage),
    show: async (product_id: string) => {
      const response = await api.send(olga, `GET /admin/products/${product_id}/images`)
      return (expectResponse(response, 200) as { items: AdminImage[] }).items
    },
    /** Runs the job for a new image once. */
    processImage: (image_id: string) => runJob(module, 'media.process-image', { payload: { image_id, generation: 1 } }),
    /** Runs the jobs of the module until `stop`. */
    work: async () => {
      const pool = openPool({ url: database.url, size: 2, overflow: 2, name: 'media-test-jobs' })
      const runner = await runJobs({ pool, jobs: module.jobs ?? [], concurrency: 1, log: quietLog })
      return {
        stop: async () => {
          await runner.stop()
          await pool.end()
        },
      }
    },
    /** The events of an owner in short, such as `image-uploaded`. */
    eventsOf: async (owner_id: string) => {
      const { rows } = await sql<{ type: string; data: Record<string, unknown> }>`
        select type, data from platform.event where partition_key = ${owner_id} and source = 'media' order by id
      `.execute(db)
      return rows.map(({ type, data }) => ({ name: type.slice('media.'.length, -'.v1'.length), data }))
    },
    assertNoViolations: () => assertNoViolations(module),
    close: async () => {
      await api.close()
      await database.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type MediaTest = Awaited<ReturnType<typeof openMediaTest>>
