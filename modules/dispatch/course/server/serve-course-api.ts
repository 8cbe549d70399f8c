import type { AddressInfo } from 'node:net'
import type { Background } from '#platform/module'
import { courseServer, type CourseApiNeeds } from './course-server.ts'

/** The address of the course API. Port 0 takes any free one. */
export type CourseApiAddress = Readonly<{ host: string; port: number }>

type Needs = CourseApiNeeds & Readonly<{ address: CourseApiAddress; onListen?: (port: number) => void }>

/** Serves the course API while the app runs. */
export const serveCourseApi = ({ address, onListen, ...needs }: Needs): Background => ({
  name: 'course-api',
  start: async (log) => {
    const server = await courseServer({ ...needs, log })
    await server.listen(address)
    const { port } = server.server.address() as AddressInfo
    log.info({ port }, 'the course API listens')
    onListen?.(port)
    return () => server.close()
  },
})
