export { contentOf } from './content-of.ts'
export { fileLinkSecret, openStorage } from './open-storage.ts'
export { storageSettings } from './settings.ts'
export { type Storage } from './storage.ts'
