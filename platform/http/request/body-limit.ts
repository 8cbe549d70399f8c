import type { RouteOptions } from 'fastify'
import { NoBody } from '#platform/schema'

const kib = 1024

/** The largest body in bytes where a route declares no `config.bodyLimit`. */
export const usualBodyLimit = 64 * kib
/** A body of staff may be as large as this: only its own people keep it in the memory of the shop. */
const greatestBodyLimit = 1024 * kib
/** The largest file of an upload in bytes: it goes to the disk. A larger one needs a presigned PUT. */
const greatestUpload = 100 * 1024 * kib
/** `{}`, as some clients send it where there is no body. */
const limitWithoutBody = kib

/** The largest body of a route in bytes. */
export function bodyLimitOf({ config, schema }: Pick<RouteOptions, 'config' | 'schema'>): number {
  if (!schema?.body || schema.body === NoBody) return limitWithoutBody
  return config?.bodyLimit ?? usualBodyLimit
}

/**
 * A limit that a route must not have. Any client may send slow bodies that the server keeps until they are complete, so a
 * larger one than usual is for callers who have a permission.
 */
export function wrongBodyLimit({ config }: RouteOptions): readonly string[] {
  const { bodyLimit = usualBodyLimit, upload = 0, access } = config ?? {}
  if (bodyLimit > greatestBodyLimit)
    return [`config.bodyLimit is ${bodyLimit}, and the greatest is ${greatestBodyLimit}`]
  if (upload > greatestUpload) return [`config.upload is ${upload}, and the greatest is ${greatestUpload}`]
  const isOfStaff = access === 'machine' || (typeof access === 'object' && 'permission' in access)
  if ((bodyLimit <= usualBodyLimit && upload === 0) || isOfStaff) return []
  if (upload > 0) return ['config.upload is set: only callers with a permission may upload']
  return [`config.bodyLimit is ${bodyLimit}: without a permission, the greatest is ${usualBodyLimit}`]
}
