import { ConfigError, oneOf, origin, secret, settings, text, withDefault } from '#platform/config'

/** The settings of images. */
export const mediaSettings = settings({
  title: 'Images',
  variables: {
    IMAGE_WORKER: withDefault(
      oneOf('builtin', 'outside', 'cloudinary'),
      'builtin',
      'What makes the variants of images: this program, a program at /internal/images, or Cloudinary.',
    ),
    CLOUDINARY_API_URL: withDefault(
      origin,
      'https://api.cloudinary.com',
      'The API of Cloudinary; its regions have addresses of their own.',
    ),
    CLOUDINARY_URL: secret(text(), 'The account at Cloudinary: cloudinary://key:secret@cloud.'),
  },
  read: ({ IMAGE_WORKER, CLOUDINARY_URL, CLOUDINARY_API_URL }) => {
    if (IMAGE_WORKER !== 'cloudinary') return { worker: IMAGE_WORKER }
    const url = URL.parse(CLOUDINARY_URL ?? '')
    if (url?.protocol !== 'cloudinary:' || !url.username || !url.password || !url.hostname)
      throw new ConfigError('IMAGE_WORKER=cloudinary needs CLOUDINARY_URL: expected cloudinary://key:secret@cloud')
    const account = { key: url.username, secret: url.password, cloud: url.hostname, apiUrl: CLOUDINARY_API_URL }
    return { worker: IMAGE_WORKER, account }
  },
})
