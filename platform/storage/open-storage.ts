import { join } from 'node:path'
import { persistedSecret, type GeneratedSecret } from '#platform/config'
import type { Clock } from '#platform/values'
import { fileRoutes } from './file-routes.ts'
import { localFolder } from './local-folder.ts'
import { s3Bucket } from './s3-bucket.ts'
import type { storageSettings } from './settings.ts'

type Needs = Readonly<{
  settings: ReturnType<(typeof storageSettings)['read']>
  /** POSAD_DATA */
  directory: string
  now: Clock
  /** The origin of this server: links to the local folder begin with it. */
  origin: () => string
}>

/** Signs links to private files of the local folder. */
export const fileLinkSecret: GeneratedSecret = {
  file: 'file-link-secret',
  variable: 'FILE_LINK_SECRET',
  loss: 'earlier links to private files no longer open',
}

/** Opens the storage that the settings name, and the routes that serve its files under `/media`. */
export function openStorage({ settings, directory, now, origin }: Needs) {
  const { place, publicBaseUrl, linkSecret } = settings
  if (place.kind === 's3') {
    const storage = s3Bucket({ ...place, now, publicBaseUrl })
    return { storage, pages: [fileRoutes({ storage, now })] }
  }
  const secret = linkSecret ?? persistedSecret(directory, fileLinkSecret)
  const storage = localFolder({ directory: join(directory, 'files'), secret, now, origin, publicBaseUrl })
  return { storage, pages: [fileRoutes({ storage, now, secret })] }
}
