import type { Bug } from '../bug.ts'

const media = (file: string) => `modules/media/${file}`

export const mediaBugs: readonly Bug[] = [
  {
    description: 'other users of the machine read private files',
    requirement: 'MED-6',
    file: 'platform/storage/local-folder.ts',
    text: 'isPublic(key) ? 0o644 : 0o600',
    replacement: '0o644',
    caughtBy: 'platform/storage/local-folder.test.ts',
  },
  {
    description: 'an upload stores an image of a product that was deleted meanwhile',
    requirement: 'MED-5',
    file: media('upload-image/upload-image.ts'),
    text: '    if (await isGalleryDeleted(tx, owner)) return notFound(owner.owner_kind)\n',
    replacement: '',
    caughtBy: media('delete-gallery/delete-gallery.test.ts'),
  },
  {
    description: 'the files of a deleted product stay in the storage',
    requirement: 'MED-5',
    file: media('store.ts'),
    text: '  await insertUnreferenced(tx, images.flatMap(keysOf), delete_after)\n',
    replacement: '  await insertUnreferenced(tx, images.slice(0, 0).flatMap(keysOf), delete_after)\n',
    caughtBy: media('delete-gallery/delete-gallery.test.ts'),
  },
  {
    description: 'two uploads of one file at once become two images or an error',
    requirement: 'MED-1',
    file: media('upload-image/upload-image.ts'),
    text: '    if (other) return',
    replacement: '    if (false as boolean && other) return',
    caughtBy: media('upload-image/upload-image.test.ts'),
  },
  {
    description: 'the same delivery again publishes the image again',
    requirement: 'MED-3',
    file: media('save-variants/save-variants.ts'),
    text: "      if (added.length === 0) return { kind: 'saved', image }\n      if (image.status !== 'pending')",
    replacement: "      if (image.status === 'failed')",
    caughtBy: media('deliver-variants/deliver-variants.test.ts'),
  },
  {
    description: 'a link to a private file shows every file',
    requirement: 'MED-6',
    file: 'platform/storage/local-link.ts',
    text: "[method, key, expires, size ?? '']",
    replacement: "[method, '', expires, size ?? '']",
    caughtBy: 'platform/storage/local-folder.test.ts',
  },
]
