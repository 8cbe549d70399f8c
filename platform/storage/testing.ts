import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testServer } from '#platform/testing'
import { fileRoutes } from './file-routes.ts'
import { localFolder } from './local-folder.ts'

/** Opens a local folder behind a server on a free port. The test has opened its database before. */
export async function openLocalFolder() {
  const directory = await mkdtemp(join(tmpdir(), 'posad-files-'))
  let offset = 0
  let address = ''
  const secret = 'the secret of the links to files'
  const now = () => new Date(Date.now() + offset)
  const storage = localFolder({ directory, secret, now, origin: () => address })
  const pages = [fileRoutes({ storage, now, secret })]
  const server = await testServer([{ name: 'files', api: {}, pages }])
  address = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    directory,
    address,
    storage,
    passTime: (milliseconds: number) => void (offset += milliseconds),
    close: async () => {
      await server.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
