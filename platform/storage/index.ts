export { contentOf } from './content-of.ts'
export { openStorage } from './open-storage.ts'
export { storageSettings } from './settings.ts'
export { type Storage } from './storage.ts'
