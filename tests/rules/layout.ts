/** Areas divide a module of more than twenty slices; each has the skeleton of a module. */
export const areas: Readonly<Record<string, readonly string[]>> = {
  catalog: ['alerts', 'products', 'reviews', 'taxonomy', 'stock', 'search'],
  dispatch: ['course', 'fleet'],
  ordering: ['returns'],
  identity: ['accounts', 'addresses', 'sessions', 'telegram', 'linking', 'staff'],
}

/** Parts of a module or area with a lifetime, with threads or with adapters of a port, each named by a noun. */
export const components: readonly string[] = [
  'catalog/demo',
  'delivery/carriers',
  'dispatch/course/server',
  'dispatch/geo',
  'dispatch/messages',
  'dispatch/planner',
  'dispatch/roads',
  'identity/auth',
  'identity/linking/auth',
  'identity/telegram/auth',
  'media/processors',
  'payments/providers',
]
