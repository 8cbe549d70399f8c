import type { MountedModule } from '../mounted-module.ts'

/** Adds the version to the paths that modules also serve without it: `/api/orders` becomes `/api/v1/orders`. */
export function versionedUrl(modules: readonly MountedModule[]): (url: string) => string {
  const paths = modules.flatMap(({ unversionedPaths = [] }) => unversionedPaths)
  if (paths.length === 0) return (url) => url
  const unversioned = new RegExp(`^/api(${paths.join('|')})(?=[/?]|$)`)
  return (url) => url.replace(unversioned, '/api/v1$1')
}
