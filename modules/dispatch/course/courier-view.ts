import type { Courier } from './courier.ts'
import type { GridCourierView } from './schema.ts'

export const courierViewOf = ({ id, name, speed, location, storage_places }: Courier) =>
  ({
    id,
    name,
    speed,
    location,
    storage_places: storage_places.map((place) => ({ ...place })),
  }) satisfies GridCourierView
