export { openStorage } from './open-storage.ts'
export { storageSettings } from './settings.ts'
export { type PresignedPut, type Storage } from './storage.ts'
